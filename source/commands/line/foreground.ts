import {finished} from 'node:stream/promises';
import type {Readable, Writable} from 'node:stream';
import {signalNumber} from '../../model/signal.ts';
import type {AttachedContainer} from '../../services/containers/index.ts';
import {detachable} from './detach-keys.ts';
import type {Surroundings} from './types.ts';

export type Watching = {
	readonly terminal: boolean;
	readonly detachKeys: readonly number[];
	/** Pass on the signals that we get. */
	readonly sigProxy: boolean;
	/** Which streams are ours to show; undefined: all. */
	readonly streams?: ReadonlySet<'stdin' | 'stdout' | 'stderr'> | undefined;
};

/** What the container said at its end, or that it goes on without us. */
export type Watched = {readonly exitStatus: number} | 'detached';

/** Both ends of a pipe whose reader may not be wanted: then it is read all the same, for a full pipe stops its writer. */
const show = (from: Readable, to: Writable, isWanted: boolean): Promise<void> => {
	const end = finished(from, {writable: false}).catch(() => undefined);
	if (isWanted) from.pipe(to, {end: false});
	else from.resume();
	return end;
};

/** Shows a container until it ends or we are told to leave it. A terminal is given back on every way out. */
export const watchContainer = async (container: AttachedContainer, context: Surroundings, {terminal, detachKeys, sigProxy, streams}: Watching): Promise<Watched> => {
	const {stdin, stdout, stderr, terminal: screen} = context;
	const wants = (name: 'stdin' | 'stdout' | 'stderr'): boolean => streams === undefined || streams.has(name);
	const undo: Array<() => void> = [];
	const {promise: left, resolve: leave} = Promise.withResolvers<'detached'>();
	try {
		const input = wants('stdin') ? container.stdin : undefined;
		const raw = terminal && screen.isInputTTY && input !== undefined;
		if (raw) {
			screen.setRawMode(true);
			undo.push(() => screen.setRawMode(false));
		}
		if (terminal && screen.isTTY) {
			await container.resize(screen).catch(() => undefined);
			undo.push(screen.onResize(size => void container.resize(size).catch(() => undefined)));
		}
		if (sigProxy && !raw) {
			undo.push(context.onSignal(name => void container.kill(signalNumber(name) ?? 15).catch(() => undefined)));
		}
		if (input !== undefined) {
			// The process may close its end while we still write: that is its right.
			input.on('error', () => undefined);
			const typed = raw && detachKeys.length > 0 ? detachable(detachKeys, () => leave('detached')) : undefined;
			if (typed === undefined) stdin.pipe(input);
			else stdin.pipe(typed).pipe(input);
			undo.push(() => {
				stdin.unpipe(typed ?? input);
				stdin.pause();
			});
		} else container.stdin?.end();
		const ends = [
			show(container.stdout, stdout, wants('stdout')),
			...(container.stderr === undefined ? [] : [show(container.stderr, stderr, wants('stderr'))]),
		];
		const watched = await Promise.race([container.wait(), left]);
		if (watched !== 'detached') await Promise.all(ends);
		return watched;
	} finally {
		for (const step of undo.reverse()) step();
		container.leave();
	}
};

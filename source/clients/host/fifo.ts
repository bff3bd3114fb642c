import {closeSync, constants, openSync, realpathSync, statSync} from 'node:fs';
import {chown, mkdir, rm, stat} from 'node:fs/promises';
import {Socket} from 'node:net';
import {dirname, join} from 'node:path';
import {PassThrough, type Stream, Writable} from 'node:stream';
import {setTimeout as delay} from 'node:timers/promises';
import {Failure} from '../../errors.ts';
import {quoteWord} from '../../model/shell-words.ts';
import {randomHex} from './random.ts';
import {runBeside} from './side-shell.ts';
import type {Fifos} from './types.ts';

/**
Where FIFOs go, and who must be able to open them. The shim opens them by path in the daemon's mount namespace; a rootless daemon has
its own /run, so there they go beside its socket, which both sides see, and belong to the socket's owner.
*/
export const placeFor = (address: string): {readonly directory: string; readonly owner: number | undefined} => {
	const socket = realpathSync(address);
	const owner = statSync(socket).uid;
	if (owner === 0 && process.geteuid?.() === 0) return {directory: '/run/containerd/fifo', owner: undefined};
	return {directory: join(dirname(socket), 'fifo'), owner: process.geteuid?.() === owner ? undefined : owner};
};

/** Node has no mkfifo(3). */
export const makeFifos = async (paths: readonly string[]): Promise<void> => {
	const status = await runBeside(`mkfifo -m 600 -- ${paths.map(quoteWord).join(' ')}`);
	if (status !== 0) throw new Failure('internal', `the FIFOs ${paths.join(', ')} could not be made`);
};

/** Make the FIFOs and open our side of each before the daemon hears of them, so that no byte can be lost. */
export const openFifos = async (
	address: string,
	options: {readonly id: string; readonly terminal: boolean; readonly interactive: boolean},
): Promise<Fifos> => {
	const {directory: base, owner} = placeFor(address);
	const directory = join(base, randomHex(8));
	const path = (stream: string): string => join(directory, `${options.id}-${stream}`);
	const stdio = {
		stdin: options.interactive ? path('stdin') : '',
		stdout: path('stdout'),
		stderr: options.terminal ? '' : path('stderr'),
		terminal: options.terminal,
	};
	const paths = [stdio.stdin, stdio.stdout, stdio.stderr].filter(name => name !== '');
	await mkdir(directory, {recursive: true, mode: 0o700});
	try {
		await makeFifos(paths);
		if (owner !== undefined) await Promise.all([base, directory, ...paths].map(name => chown(name, owner, owner)));
		return openOurSide(directory, stdio);
	} catch (error) {
		await rm(directory, {recursive: true, force: true});
		throw error;
	}
};

/** One stream of output: what the kernel gives, and what the reader sees of it. */
type Output = {readonly socket: Socket; readonly seen: PassThrough};

const openOurSide = (directory: string, stdio: Fifos['stdio']): Fifos => {
	const outputs: Output[] = [];
	const keepers: number[] = [];
	let stdin: Writable | undefined;
	const dropKeepers = (): void => {
		for (const keeper of keepers.splice(0)) closeSync(keeper);
	};
	const output = (path: string): PassThrough => {
		// A FIFO whose last writer goes away ends, and there is none until the shim comes. A writer of our own keeps it open until the process has ended.
		keepers.push(openSync(path, constants.O_RDWR | constants.O_NONBLOCK));
		const socket = new Socket({fd: openSync(path, constants.O_RDONLY | constants.O_NONBLOCK), readable: true, writable: false});
		const seen = new PassThrough();
		socket.pipe(seen);
		outputs.push({socket, seen});
		return seen;
	};
	const release = (): Promise<void> => rm(directory, {recursive: true, force: true});
	const close = async (): Promise<void> => {
		dropKeepers();
		await Promise.all([...outputs.flatMap(({socket, seen}) => [socket, seen]), ...(stdin === undefined ? [] : [stdin])].map(destroyed));
		await release();
	};
	try {
		const stdout = output(stdio.stdout);
		const stderr = stdio.stderr === '' ? undefined : output(stdio.stderr);
		stdin = stdio.stdin === '' ? undefined : writerTo(stdio.stdin);
		const finish = async (): Promise<'ended' | 'silent'> => {
			dropKeepers();
			stdin?.destroy();
			const ends = await Promise.all(outputs.map(emptied));
			return ends.includes('silent') ? 'silent' : 'ended';
		};
		return {stdio, stdin, stdout, stderr, finish, release, close};
	} catch (error) {
		dropKeepers();
		for (const {socket} of outputs) socket.destroy();
		throw error;
	}
};

/** How long a pipe may be silent after the exit, while a child that was left behind holds it open. */
const silenceMs = 500;

/** At the end of the stream; or, as a child that outlives the process keeps it open, after a silence that is not the reader's slowness. */
const emptied = async ({socket, seen}: Output): Promise<'ended' | 'silent'> => {
	const ended = new Promise<true>(resolve => {
		if (socket.readableEnded || socket.destroyed || seen.destroyed) resolve(true);
		socket.once('end', () => resolve(true)).once('close', () => resolve(true));
		seen.once('close', () => resolve(true));
	});
	for (let before = -1; before !== socket.bytesRead || socket.readableLength >= socket.readableHighWaterMark; ) {
		before = socket.bytesRead;
		const timer = new AbortController();
		const over = await Promise.race([ended, delay(silenceMs, false, {signal: timer.signal}).catch(() => false)]);
		timer.abort();
		if (over) return 'ended';
	}
	socket.unpipe(seen);
	seen.end(socket.read());
	socket.destroy();
	return 'silent';
};

/** A socket's own `end` would call shutdown(2), which a FIFO does not have: here the end is a close after the last write. */
export const writerTo = (path: string): Writable => {
	// Open for both, since opening for writing alone fails while nobody reads.
	const socket = new Socket({fd: openSync(path, constants.O_RDWR | constants.O_NONBLOCK), readable: false, writable: true});
	const writable = new Writable({
		write: (chunk, _encoding, done) => void socket.write(chunk, error => done(error ?? null)),
		final: done => {
			socket.once('close', () => done());
			socket.destroy();
		},
		destroy: (error, done) => {
			socket.destroy();
			done(error);
		},
	});
	// A process that has ended reads no more: a late write is no fault of anybody's.
	socket.on('error', () => socket.destroy());
	writable.on('error', () => undefined);
	return writable;
};

/** Undefined when nothing is there, or something that nobody reads. */
export const openInput = async (path: string): Promise<Writable | undefined> => {
	const found = await stat(path).catch(() => undefined);
	return found?.isFIFO() === true ? writerTo(path) : undefined;
};

const destroyed = async (stream: Stream & {readonly closed: boolean; destroy(): unknown}): Promise<void> => {
	if (stream.closed) return;
	await new Promise<void>(resolve => {
		stream.once('close', resolve);
		stream.destroy();
	});
};

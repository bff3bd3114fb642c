import {Failure, isFailure} from '../../errors.ts';
import type {CreateRequest} from '../../model/create-request.ts';
import {detachKeysFlag, parseDetachKeys} from './detach-keys.ts';
import {watchContainer, type Watching} from './foreground.ts';
import {print} from './output.ts';
import {withProgress} from './progress-view.ts';
import {createFlags, createRequestOf, refusedCreateFlags, unpublished} from './run-flags/index.ts';
import {defineLine, type Surroundings} from './types.ts';

const streamNames = ['stdin', 'stdout', 'stderr'] as const;

/** Of `-a`; undefined: all of them. */
const streamsOf = (said: readonly string[]): Watching['streams'] => {
	const names = said.map(text => text.toLowerCase());
	if (names.some(name => !streamNames.some(known => known === name)))
		throw new Failure('invalid', 'invalid stream specified with -a flag. Valid streams are STDIN, STDOUT, and STDERR');
	return names.length === 0 ? undefined : new Set(names as ReadonlyArray<(typeof streamNames)[number]>);
};

/** Someone else may have removed it, and its end is no news. */
export const removeQuietly = async ({services}: Surroundings, ref: {readonly namespace: string; readonly id: string}): Promise<void> => {
	try {
		await services.containers.remove(ref, {force: true, volumes: true});
	} catch (error) {
		if (!isFailure(error, 'not-found')) throw error;
	}
};

const titleOf = ({image, rootfs}: CreateRequest): string => (image === '' ? (rootfs ?? '') : image);

export const run = defineLine({
	verbs: ['run', 'container run'],
	summary: 'Run a command in a new container',
	usage: '[flags] IMAGE [COMMAND] [ARG...]',
	arity: {least: 1},
	interspersed: false,
	flags: {
		...createFlags,
		detach: {type: 'boolean', shortFlag: 'd', help: 'Run it in the background and print its id'},
		attach: {type: 'string', shortFlag: 'a', isMultiple: true, splitsAtComma: true, placeholder: 'STREAM', help: 'Attach STDIN, STDOUT or STDERR only'},
		detachKeys: detachKeysFlag,
		sigProxy: {type: 'boolean', default: true, help: 'Pass received signals on to the process'},
	},
	refused: refusedCreateFlags,
	async run(context) {
		const {services, global, flags, args, env, terminal, stderr} = context;
		if (flags.detach && flags.attach.length > 0) throw new Failure('invalid', 'flags -d and -a cannot be specified together');
		const streams = streamsOf(flags.attach);
		const detachKeys = parseDetachKeys(flags.detachKeys);
		if (!flags.detach && flags.tty && flags.interactive && !terminal.isInputTTY)
			throw new Failure('invalid', 'the input device is not a TTY', {hint: 'leave out -t'});
		const request = await createRequestOf(flags, args, {...global, env});
		const warning = unpublished(request.network);
		if (warning !== undefined) stderr.write(`${warning}\n`);
		const {ref, attached} = await withProgress(titleOf(request), context, {isQuiet: flags.quiet, to: stderr}, call =>
			services.containers.run(request, {...call, detached: flags.detach}),
		);
		if (attached === undefined) {
			await print(context, `${ref.id}\n`);
			return 0;
		}
		let isOver = true;
		try {
			const watched = await watchContainer(attached, context, {terminal: flags.tty, detachKeys, sigProxy: flags.sigProxy, streams});
			isOver = watched !== 'detached';
			return watched === 'detached' ? 0 : watched.exitStatus;
		} finally {
			if (isOver && request.autoRemove) await removeQuietly(context, ref);
		}
	},
});

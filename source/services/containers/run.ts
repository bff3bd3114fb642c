import {Failure, failing} from '../../errors.ts';
import type {ContainerRef} from '../../model/container.ts';
import type {CreateRequest} from '../../model/create-request.ts';
import {labels} from '../../model/labels.ts';
import {type AttachedContainer, attach} from './attached.ts';
import {type Made, make, type MakeDependencies} from './create/make.ts';
import {startRoll, together} from './create/roll.ts';
import type {CreateCall} from './create/types.ts';
import type {Uses} from './dependencies.ts';
import {orGone} from './end-task.ts';
import {type ServeHook, serving} from './serve-hook.ts';
import {createTask, discardTask, type LaunchDependencies, startTask, type Streams} from './launch.ts';

export type RunDependencies = MakeDependencies & LaunchDependencies & Uses<{containers: 'setLabels'; tasks: 'resizePty' | 'closeStdin'}>;

/** A new container as its maker sees it. */
export type RunCall = CreateCall & {
	/** Nobody watches: it writes to its log, and is removed by the log driver when that was asked for. */
	readonly detached: boolean;
};

const titleOf = ({name, image, rootfs}: CreateRequest): string => name ?? (rootfs === undefined ? `a container of ${image}` : `a container in ${rootfs}`);

/** Contradictions that no single flag sees. */
const check = ({autoRemove, restart, log, process}: CreateRequest, detached: boolean): void => {
	const hint = {hint: 'leave one of them out'};
	if (autoRemove && restart.kind !== 'no') throw new Failure('invalid', 'conflicting options: --rm and --restart', hint);
	if ('uri' in log && !detached) throw new Failure('unsupported', 'a log URI needs -d: in the foreground nothing would be written to it', hint);
	if ('uri' in log && autoRemove) throw new Failure('unsupported', 'a log URI can not be combined with --rm and -d: the log driver is who removes the container', hint);
	if (detached && process.interactive && !process.terminal)
		throw new Failure('invalid', 'combination of flags -i and -d can only be specified together with -t');
};

/** A container that is made and not started. When anything fails, nothing stays. */
export const create = async (dependencies: MakeDependencies, request: CreateRequest, call: CreateCall = {}): Promise<ContainerRef> => {
	const roll = startRoll(call.onStep);
	try {
		if (request.autoRemove && request.restart.kind !== 'no') check(request, true);
		const {record, settled} = await make(dependencies, roll, request, call);
		await settled;
		return {namespace: record.namespace, id: record.id};
	} catch (error) {
		throw failing(`create ${titleOf(request)}`, await roll.back(error));
	}
};

/** The terminal of one that nobody watches is kept open by a FIFO in its state directory, so that somebody can come back to it. */
const detachedStreams = async ({making}: RunDependencies, {process}: CreateRequest, {record, log}: Made): Promise<Streams> => {
	const stdin = process.terminal && process.interactive ? await making.files.makeStdin(record) : '';
	return {stdio: {stdin, stdout: log.uri, stderr: process.terminal ? '' : log.uri, terminal: process.terminal}};
};

/** The first start, when the restart monitor shall know of the container: not before, or it would start what is being started. */
const settleRestarts = async ({containerd}: RunDependencies, {record}: Made): Promise<void> => {
	if (record.labels[labels.restartPolicy] === undefined) return;
	await containerd.containers.setLabels(record, {[labels.restartStatus]: 'running', [labels.explicitlyStopped]: 'false'});
};

/** Make a container and start it. When anything fails, up to its first process being there, nothing stays: no container either. */
export const run = async (
	dependencies: RunDependencies,
	request: CreateRequest,
	call: RunCall,
): Promise<{readonly ref: ContainerRef; readonly attached: AttachedContainer | undefined}> => {
	const {process: {terminal, interactive}} = request;
	const roll = startRoll(call.onStep);
	const options = call.signal === undefined ? {} : {signal: call.signal};
	let served: ReturnType<ServeHook> | undefined;
	try {
		check(request, call.detached);
		let watched: ReturnType<typeof attach> | undefined;
		const watch = async (ref: ContainerRef, program: string): Promise<void> => {
			let cancel: (() => Promise<void>) | undefined;
			const foreground = await roll.step(
				'streams',
				async () => {
					const opened = await dependencies.making.files.openForeground({ref, terminal, interactive, program});
					cancel = opened.cancel;
					return opened;
				},
				async () => cancel?.(),
			);
			watched = attach(dependencies, ref, foreground);
		};
		const made = await make(dependencies, roll, request, call, {
			...(call.detached ? {} : {watch}),
			announce: record => {
				served = serving(dependencies)(record, 'createRuntime');
			},
		});
		const streams = watched?.streams ?? (await detachedStreams(dependencies, request, made));
		const {record, rootfs, settled} = made;
		await together(
			roll.step(
				'task',
				() => createTask(dependencies, record, streams, rootfs, options, served),
				() => orGone(discardTask(dependencies, record), undefined),
			),
			settled,
		);
		await roll.step('start', () => startTask(dependencies, record, options));
		watched?.started();
		await roll.step('restart labels', () => settleRestarts(dependencies, made));
		return {ref: {namespace: record.namespace, id: record.id}, attached: watched?.attached()};
	} catch (error) {
		(await served)?.();
		throw failing(`run ${titleOf(request)}`, await roll.back(error));
	}
};

import {Failure, isFailure} from '../../errors.ts';
import type {ContainerRef} from '../../model/container.ts';
import {ProcessDetails} from '../../protocol/generated/runc.ts';
import {Process} from '../../protocol/generated/task-types.ts';
import {TasksService} from '../../protocol/generated/tasks.ts';
import {Metric} from '../../protocol/generated/types.ts';
import type {Any} from '../../protocol/generated/well-known.ts';
import {ociAny, toAny, typeNameOf} from './any.ts';
import {type Caller, slowMs, unary} from './call.ts';
import {fromDescriptor, fromMount, toDescriptor} from './descriptors.ts';
import {list} from './lists.ts';
import {toMetrics} from './metrics.ts';
import {fromTimestamp} from './time.ts';
import type {CallOptions, Exit, Tasks} from './types.ts';
import {toTask} from './wire-task.ts';

const toExit = (wire: {readonly exitStatus: number; readonly exitedAt: Process['exitedAt']}): Exit => ({
	exitStatus: wire.exitStatus,
	exitedAt: fromTimestamp(wire.exitedAt),
});

/** Only runc's shim says which exec a process belongs to. */
const execIdOf = (info: Any | undefined): string | undefined => {
	if (info === undefined || !typeNameOf(info.typeUrl).endsWith('.ProcessDetails')) return undefined;
	const {execId} = ProcessDetails.decode(info.value);
	return execId === '' ? undefined : execId;
};

type ProcessOptions = CallOptions & {readonly execId?: string};

const named = (ref: ContainerRef, options?: ProcessOptions): {containerId: string; execId: string} => ({
	containerId: ref.id,
	execId: options?.execId ?? '',
});

export const createTasks = (caller: Caller): Tasks => {
	const find: Tasks['find'] = async (ref, options) => {
		try {
			const {process} = await unary(caller(ref.namespace, options), TasksService.get, named(ref, options));
			return process === undefined ? undefined : toTask(process, ref.id);
		} catch (error) {
			if (isFailure(error, 'not-found')) return undefined;
			throw error;
		}
	};

	return {
		find,

		async list(namespace, options) {
			return list({call: caller(namespace, options), method: TasksService.list, request: {filter: ''}}, Process, process => toTask(process));
		},

		async create(ref, task, options) {
			const {pid} = await unary(caller(ref.namespace, options, slowMs), TasksService.create, {
				containerId: ref.id,
				rootfs: task.rootfs.map(mount => fromMount(mount)),
				stdin: task.stdin,
				stdout: task.stdout,
				stderr: task.stderr,
				terminal: task.terminal,
				checkpoint: task.checkpoint === undefined ? undefined : fromDescriptor(task.checkpoint),
				options: task.options === undefined ? undefined : toAny(task.options),
				runtimePath: task.runtimePath ?? '',
			});
			return {pid};
		},

		async start(ref, options) {
			const {pid} = await unary(caller(ref.namespace, options, slowMs), TasksService.start, named(ref, options));
			return {pid};
		},

		async delete(ref, options) {
			try {
				return toExit(await unary(caller(ref.namespace, options, slowMs), TasksService.delete, {containerId: ref.id}));
			} catch (error) {
				// Shims refuse a running task with UNKNOWN, so the refusal is recognized by what the task is doing.
				if (!isFailure(error, 'internal')) throw error;
				const status = (await find(ref, options))?.status;
				if (status === undefined || status === 'stopped' || status === 'unknown') throw error;
				throw new Failure('conflict', `The task of ${ref.id} is still ${status}`, {cause: error, hint: 'stop it first'});
			}
		},

		async deleteProcess(ref, execId, options) {
			return toExit(await unary(caller(ref.namespace, options), TasksService.deleteProcess, {containerId: ref.id, execId}));
		},

		async kill(ref, signal, options) {
			await unary(caller(ref.namespace, options), TasksService.kill, {...named(ref, options), signal, all: options?.all ?? false});
		},

		async exec(ref, {execId, stdin, stdout, stderr, terminal, process}, options) {
			const spec = ociAny('Process', process);
			await unary(caller(ref.namespace, options), TasksService.exec, {containerId: ref.id, execId, stdin, stdout, stderr, terminal, spec});
		},

		async resizePty(ref, {width, height}, options) {
			await unary(caller(ref.namespace, options), TasksService.resizePty, {...named(ref, options), width, height});
		},

		async closeStdin(ref, options) {
			await unary(caller(ref.namespace, options), TasksService.closeIo, {...named(ref, options), stdin: true});
		},

		async pause(ref, options) {
			await unary(caller(ref.namespace, options, slowMs), TasksService.pause, {containerId: ref.id});
		},

		async resume(ref, options) {
			await unary(caller(ref.namespace, options), TasksService.resume, {containerId: ref.id});
		},

		async listPids(ref, options) {
			const {processes} = await unary(caller(ref.namespace, options), TasksService.listPids, {containerId: ref.id});
			return processes.map(({pid, info}) => ({pid, execId: execIdOf(info)}));
		},

		async checkpoint(ref, options) {
			const request = {containerId: ref.id, parentCheckpoint: '', options: options?.options === undefined ? undefined : toAny(options.options)};
			const {descriptors} = await unary(caller(ref.namespace, options, 'none'), TasksService.checkpoint, request);
			return descriptors.map(descriptor => toDescriptor(descriptor));
		},

		async update(ref, resources, options) {
			const annotations = {...options?.annotations};
			await unary(caller(ref.namespace, options), TasksService.update, {containerId: ref.id, resources: toAny(resources), annotations});
		},

		async metrics(namespace, options) {
			const filters = (options?.ids ?? []).map(id => `id==${JSON.stringify(id)}`);
			if (options?.ids?.length === 0) return [];
			return list({call: caller(namespace, options), method: TasksService.metrics, request: {filters}}, Metric, toMetrics);
		},

		async wait(ref, options) {
			return toExit(await unary(caller(ref.namespace, options, 'none'), TasksService.wait, named(ref, options)));
		},
	};
};

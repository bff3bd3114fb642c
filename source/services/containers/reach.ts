import type {Host} from '../../clients/host/types.ts';
import {Failure, failing} from '../../errors.ts';
import type {ContainerRef} from '../../model/container.ts';
import type {AttachedContainer} from './attached.ts';
import type {Uses} from './dependencies.ts';
import {orGone} from './end-task.ts';
import {nameOf} from './name.ts';
import type {Progress} from './types.ts';

type Dependencies = Uses<{containers: 'get'; tasks: 'find' | 'wait' | 'kill' | 'resizePty'}> & {readonly host: Pick<Host, 'openInput'>};

/** Back to a container that somebody else watches, or nobody: signals, size, its end, and its input where that is a FIFO. */
export const reach = async ({containerd, host}: Dependencies, ref: ContainerRef, options: Progress = {}): Promise<Omit<AttachedContainer, 'stdout' | 'stderr'>> => {
	const {containers, tasks} = containerd;
	let name = ref.id;
	try {
		const record = await containers.get(ref, options);
		name = nameOf(record);
		const task = await tasks.find(ref, options);
		if (task?.status === 'paused' || task?.status === 'pausing') throw new Failure('conflict', 'it is paused', {hint: 'unpause it first'});
		if (task?.status !== 'running') throw new Failure('conflict', 'it is not running', {hint: 'start it with start -a'});
		const stdin = task.stdin === '' ? undefined : await host.openInput(task.stdin);
		const watching = new AbortController();
		const exit = tasks.wait(ref, {signal: watching.signal});
		exit.catch(() => undefined);
		return {
			ref: {namespace: ref.namespace, id: ref.id},
			stdin,
			resize: async ({columns, rows}) => orGone(tasks.resizePty(ref, {width: columns, height: rows}), undefined),
			kill: async signal => orGone(tasks.kill(ref, signal), undefined),
			wait: async () => {
				try {
					return await exit;
				} catch (error) {
					throw failing(`follow ${name}`, error);
				}
			},
			leave: () => {
				watching.abort();
				stdin?.destroy();
			},
		};
	} catch (error) {
		throw failing(`attach to ${name}`, error);
	}
};

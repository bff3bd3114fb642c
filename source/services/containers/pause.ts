import {Failure, failing} from '../../errors.ts';
import type {ContainerRef, Task} from '../../model/container.ts';
import type {Uses} from './dependencies.ts';
import {nameOf} from './name.ts';
import type {Progress} from './types.ts';

export const pause = async (
	{containerd}: Uses<{containers: 'get'; tasks: 'find' | 'pause'}>,
	ref: ContainerRef,
	options: Progress = {},
): Promise<void> => {
	let name = ref.id;
	try {
		name = nameOf(await containerd.containers.get(ref, options));
		const task = await containerd.tasks.find(ref, options);
		if (task?.status === 'paused' || task?.status === 'pausing') throw new Failure('conflict', 'it is already paused');
		if (task?.status !== 'running') throw notRunning(task);
		await containerd.tasks.pause(ref, options);
	} catch (error) {
		throw failing(`pause ${name}`, error);
	}
};

export const unpause = async (
	{containerd}: Uses<{containers: 'get'; tasks: 'find' | 'resume'}>,
	ref: ContainerRef,
	options: Progress = {},
): Promise<void> => {
	let name = ref.id;
	try {
		name = nameOf(await containerd.containers.get(ref, options));
		const task = await containerd.tasks.find(ref, options);
		if (task?.status === 'running') throw new Failure('conflict', 'it is not paused');
		if (task?.status !== 'paused' && task?.status !== 'pausing') throw notRunning(task);
		await containerd.tasks.resume(ref, options);
	} catch (error) {
		throw failing(`unpause ${name}`, error);
	}
};

const notRunning = (task: Task | undefined): Failure =>
	new Failure('conflict', task?.status === 'stopped' ? 'it has exited' : 'it is not running', {hint: 'start it first'});

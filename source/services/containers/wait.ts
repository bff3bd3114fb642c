import type {Exit} from '../../clients/containerd/types.ts';
import {Failure, failing} from '../../errors.ts';
import type {ContainerRef} from '../../model/container.ts';
import type {Uses} from './dependencies.ts';
import type {Progress} from './types.ts';

/** Of a container that has exited the answer is there at once. */
export const wait = async ({containerd}: Uses<{tasks: 'find' | 'wait'}>, ref: ContainerRef, options: Progress = {}): Promise<Exit> => {
	try {
		const task = await containerd.tasks.find(ref, options);
		if (task === undefined) throw new Failure('conflict', 'it does not run', {hint: 'start it first'});
		return task.status === 'stopped' ? {exitStatus: task.exitStatus, exitedAt: task.exitedAt} : await containerd.tasks.wait(ref, options);
	} catch (error) {
		throw failing(`wait for ${ref.id}`, error);
	}
};

import {failing} from '../../errors.ts';
import type {ContainerRef} from '../../model/container.ts';
import type {Uses} from './dependencies.ts';
import {readSpec} from './spec.ts';
import type {ContainersService, Progress} from './types.ts';

export const inspect = async (
	{containerd}: Uses<{containers: 'get'; tasks: 'find'}>,
	ref: ContainerRef,
	options: Progress = {},
): ReturnType<ContainersService['inspect']> => {
	try {
		const [record, task] = await Promise.all([containerd.containers.get(ref, options), containerd.tasks.find(ref, options)]);
		return {record: {...record, task}, task, spec: readSpec(record)};
	} catch (error) {
		throw failing(`inspect ${ref.id}`, error);
	}
};

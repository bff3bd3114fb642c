import {type Container, containerKey} from '../source/model/container.ts';
import type {ProcessRow} from '../source/services/containers/types.ts';
import {useApp} from './app-context.ts';
import {type Resource, useResource} from './use-resource.ts';
import {useSampling} from './use-sampling.ts';
import {useSelect} from './use-select.ts';

/** Read again with every reading of the container's usage, so it is as live as the numbers beside it; and when it ends, also before the first. */
export const useProcesses = (container: Container): Resource<readonly ProcessRow[]> => {
	const {commands} = useApp();
	const key = containerKey(container);
	useSampling('none');
	const at = useSelect((state) => state.usage.get(key)?.at ?? 0);
	return useResource(key, `${at} ${container.task?.pid ?? 0} ${container.task?.status ?? ''}`, async (signal) =>
		container.task === undefined || container.task.status === 'stopped' ? [] : commands.services.containers.processes(container, {signal}),
	);
};

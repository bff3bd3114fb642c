import {type Container, containerKey} from '../source/model/container.ts';
import {useApp} from './app-context.ts';
import {type Resource, useResource} from './use-resource.ts';

export type Inspection = Awaited<ReturnType<ReturnType<typeof useApp>['commands']['services']['containers']['inspect']>>;

/** The record and the decoded spec of a container; read again when containerd says that it changed. */
export const useInspect = (container: Container): Resource<Inspection> => {
	const {commands} = useApp();
	return useResource(containerKey(container), `${container.updatedAt} ${container.task?.pid ?? 0} ${container.task?.status ?? ''}`, async (signal) =>
		commands.services.containers.inspect(container, {signal}),
	);
};

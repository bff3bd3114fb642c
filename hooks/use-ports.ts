import {type Container, containerKey} from '../source/model/container.ts';
import {portMappings} from '../source/model/docker-ports.ts';
import {useApp} from './app-context.ts';
import {useResource} from './use-resource.ts';

export type PublishedPort = {readonly hostAddress: string; readonly hostPort: number; readonly containerPort: number; readonly protocol: string};

/** What nerdctl published for a container: its state file, or the label of older versions. */
export const usePorts = (container: Container): readonly PublishedPort[] => {
	const {readNetworkConfig} = useApp();
	const config = useResource(containerKey(container), container.task?.pid ?? 0, async () => ({text: await readNetworkConfig(container)}));
	return portMappings(config.value?.text, container.labels).map((mapping) => ({
		hostAddress: mapping.HostIP === '' ? '0.0.0.0' : mapping.HostIP,
		hostPort: mapping.HostPort,
		containerPort: mapping.ContainerPort,
		protocol: mapping.Protocol,
	}));
};

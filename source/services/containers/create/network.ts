import type {ContainerRef} from '../../../model/container.ts';
import type {CreateRequest, PortRequest} from '../../../model/create-request.ts';
import type {PortMapping} from '../../../model/docker-ports.ts';
import type {ImageConfig} from '../../../model/oci/index.ts';
import {networkConfig} from './files.ts';
import type {Joined} from './joined.ts';
import type {Roll} from './roll.ts';
import type {CreateCall, Making} from './types.ts';

export type NetworkPlan = {
	/** As the label says them. */
	readonly names: readonly string[];
	readonly ports: readonly PortMapping[];
};

const wordOf = (mode: Joined['mode']): readonly string[] => {
	switch (mode.kind) {
		case 'networks':
			return mode.names;
		case 'container':
			return [`container:${mode.target}`];
		case 'namespace':
			return [`ns:${mode.path}`];
		default:
			return [mode.kind];
	}
};

const exposed = (port: string): PortMapping => {
	const [number = '', protocol = 'tcp'] = port.split('/');
	return {HostPort: 0, ContainerPort: Number(number), Protocol: protocol, HostIP: '0.0.0.0'};
};

const wantedPorts = ({network}: CreateRequest, image: ImageConfig | undefined): readonly PortRequest[] => {
	if (!network.publishAll) return network.ports;
	const named = new Set(network.ports.map(({ContainerPort, Protocol}) => `${ContainerPort}/${Protocol}`));
	const all = new Set([...(image?.ExposedPorts ?? []), ...network.exposed].map(port => (port.includes('/') ? port : `${port}/tcp`)));
	return [...network.ports, ...[...all].filter(port => !named.has(port)).map(exposed)];
};

/** The networks are there, and the ports are free and written down, so that nobody else chooses them. Only on networks of its own has a container ports to publish. */
export const planNetwork = async ({networks, files}: Making, roll: Roll, ref: ContainerRef, request: CreateRequest, joined: Joined, image: ImageConfig | undefined, {signal}: CreateCall): Promise<NetworkPlan> => {
	const options = signal === undefined ? {} : {signal};
	const {mode} = joined;
	const keep = async (ports: readonly PortMapping[]) => files.write(ref, 'network-config.json', networkConfig(ports), 0o600);
	if (mode.kind !== 'networks') {
		await keep([]);
		return {names: wordOf(mode), ports: []};
	}
	const names = await roll.step('networks', () => Promise.all(mode.names.map(async name => (await networks.find(request.namespace, name, options)).name)));
	const wanted = wantedPorts(request, image);
	if (wanted.length === 0) await keep([]);
	const ports = wanted.length === 0 ? [] : await roll.step('ports', () => networks.choosePorts(wanted, {...options, keep}));
	return {names, ports};
};

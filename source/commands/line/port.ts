import {Failure} from '../../errors.ts';
import {print} from './output.ts';
import {readPorts} from './state-files.ts';
import {defineLine} from './types.ts';

/** `80`, `80/tcp`: a port inside the container. */
const wantedPort = (text: string): {readonly port: number; readonly protocol: string} => {
	const [, port = '', protocol = 'tcp'] = /^(\d+)(?:\/([^/]+))?$/.exec(text) ?? [];
	if (port === '') throw new Failure('invalid', `failed to parse ${JSON.stringify(text)}`, {hint: 'a port is a number, as in 80 or 53/udp'});
	if (Number(port) === 0) throw new Failure('invalid', `unexpected port ${Number(port)}`);
	return {port: Number(port), protocol: protocol.toLowerCase()};
};

export const port = defineLine({
	verbs: ['port', 'container port'],
	summary: 'List port mappings or a specific mapping for the container',
	usage: '[flags] CONTAINER [PRIVATE_PORT[/PROTO]]',
	arity: {least: 1, most: 2},
	flags: {},
	async run(context) {
		const {services, global, host, signal, args} = context;
		const [query = '', said] = args;
		const wanted = said === undefined ? undefined : wantedPort(said);
		const container = await services.containers.find(global.namespace, query, {signal});
		const ports = await readPorts(host, container);
		if (wanted === undefined) {
			await print(context, ports.map(({ContainerPort, Protocol, HostIP, HostPort}) => `${ContainerPort}/${Protocol} -> ${HostIP}:${HostPort}\n`).join(''));
			return 0;
		}
		const found = ports.find(({ContainerPort, Protocol}) => ContainerPort === wanted.port && Protocol.toLowerCase() === wanted.protocol);
		if (found === undefined) throw new Failure('not-found', `no public port ${wanted.port}/${wanted.protocol} published for ${JSON.stringify(container.id)}`);
		await print(context, `${found.HostIP}:${found.HostPort}\n`);
		return 0;
	},
});

import {Failure, isAbort} from '../../errors.ts';
import {dockerNetwork, nativeNetwork} from '../../model/docker-network.ts';
import {labels} from '../../model/labels.ts';
import type {Container} from '../../model/container.ts';
import {stringsLabel} from '../../model/docker-labels.ts';
import {linksInUse} from '../../model/net-links.ts';
import type {Network} from '../../services/networks/index.ts';
import {listContainers} from './containers.ts';
import {plainSentence} from './failures.ts';
import {inspectOneContainer, linksOf} from './inspect-container.ts';
import {inspectFlags, inspectPrinter, modeOf} from './inspect-output.ts';
import {defineLine, type Surroundings} from './types.ts';

type Described = Pick<Network, 'name' | 'id' | 'path' | 'labels' | 'config'>;

/** nerdctl shows them as networks of no plugin that exists. */
const pseudo = (name: string): Described => ({name, id: '', path: '', labels: {}, config: {cniVersion: '1.0.0', name, plugins: [{type: 'nerdctl-pseudo'}]}});

const find = async ({services, global, signal}: Surroundings, name: string): Promise<Described> =>
	name === 'host' || name === 'none' ? pseudo(name) : services.networks.find(global.namespace, name, {signal});

type Endpoint = {readonly mac: string; readonly addresses: readonly string[]};

/** What CNI answered; in the machine's own network nobody asked it, and the first interface in use stands for all. */
const endpointOf = async (context: Surroundings, network: string, container: Container): Promise<Endpoint> => {
	const attachment = context.services.networks.attachments(container).find(each => each.network === network);
	if (attachment !== undefined) return {mac: attachment.macAddress ?? '', addresses: attachment.addresses};
	return linksInUse((await linksOf(context, container.task)) ?? [])[0] ?? {mac: '', addresses: []};
};

const describe = async (context: Surroundings, network: Described, containers: readonly Container[], mode: 'native' | 'dockercompat'): Promise<unknown> => {
	const mine = containers
		.filter(container => container.task?.status === 'running' && stringsLabel(container.labels, labels.networks).includes(network.name))
		.toSorted((a, b) => (a.id < b.id ? -1 : 1));
	if (mode === 'native') {
		const {services, signal} = context;
		const native = await Promise.all(
			mine.map(async container => inspectOneContainer(context, (await services.containers.inspect(container, {signal})).record, {mode: 'native', size: false})),
		);
		return nativeNetwork(network, native);
	}
	const endpoints = mine.map(async container => ({
		...(await endpointOf(context, network.name, container)),
		id: container.id,
		name: container.labels[labels.name] ?? '',
	}));
	return dockerNetwork(network, await Promise.all(endpoints));
};

/** As nerdctl: it fails only when nothing at all was found. */
export const networkInspect = defineLine({
	verbs: ['network inspect'],
	summary: 'Display detailed information on one or more networks',
	usage: '[flags] NETWORK [NETWORK, ...]',
	arity: {least: 1},
	flags: inspectFlags,
	async run(context) {
		const {flags, args, stderr} = context;
		const mode = modeOf(flags.mode);
		const printObjects = inspectPrinter(flags.format);
		const containers = await listContainers(context);
		const objects: unknown[] = [];
		for (const name of new Set(args)) {
			try {
				objects.push(await describe(context, await find(context, name), containers, mode));
			} catch (error) {
				if (isAbort(error)) throw error;
				stderr.write(`${plainSentence(error)}\n`);
			}
		}
		if (objects.length === 0) throw new Failure('not-found', 'unable to find any network matching the provided request');
		await printObjects(context, objects);
		return 0;
	},
});

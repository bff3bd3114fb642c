import {dirname, join} from 'node:path';
import type {Container} from '../../model/container.ts';
import type {ContainerExtras} from '../../model/docker-container.ts';
import {interfacesFromHostsMeta} from '../../model/docker-network.ts';
import {portMappings, type PortMapping} from '../../model/docker-ports.ts';
import {recordOf, textOf} from '../../model/docker-spec.ts';
import {labels} from '../../model/labels.ts';
import type {LineHost} from './types.ts';

/** nerdctl's files about a container. All of them may be missing: other programs make containers too. */

const stateDir = (container: Container): string | undefined => container.labels[labels.stateDir] || undefined;

const parsed = (text: string | undefined): unknown => {
	if (text === undefined) return undefined;
	try {
		return JSON.parse(text);
	} catch {
		// Somebody is writing it just now: as good as missing.
		return undefined;
	}
};

export const readPorts = async (host: LineHost, container: Container): Promise<readonly PortMapping[]> => {
	const directory = stateDir(container);
	const text = directory === undefined ? undefined : await host.readText(join(directory, 'network-config.json'));
	return portMappings(text, container.labels);
};

const linesOf = (text: string | undefined): readonly unknown[] =>
	(text ?? '')
		.split('\n')
		.flatMap(line => (line === '' ? [] : [parsed(line)]))
		.filter(value => value !== undefined);

const startedAtOf = (text: string | undefined): string => {
	const at = textOf(recordOf(parsed(text))['started_at']);
	// Go says no zeros at the end of a fraction.
	return at.startsWith('0001-01-01') ? '' : at.replace(/\.(\d*?)0*(?=Z$|[+-]\d\d:\d\d$)/, (_, digits: string) => (digits === '' ? '' : `.${digits}`));
};

export const readExtras = async (host: LineHost, container: Container): Promise<Omit<ContainerExtras, 'size'>> => {
	const directory = stateDir(container);
	if (directory === undefined) return {ports: await readPorts(host, container), interfaces: [], paths: {}, startedAt: '', healthLog: []};
	const inside = (name: string) => join(directory, name);
	const dataStore = dirname(dirname(dirname(directory)));
	const logName = `${container.id}-json.log`;
	const [ports, lifecycle, health, hostsMeta, resolvConf, hostname, hosts, log] = await Promise.all([
		readPorts(host, container),
		host.readText(inside('lifecycle.json')),
		host.readText(inside('health.json')),
		host.readText(join(dataStore, 'etchosts', container.namespace, container.id, 'meta.json')),
		host.exists(inside('resolv.conf')),
		host.exists(inside('hostname')),
		host.exists(inside('hosts')),
		host.exists(inside(logName)),
	]);
	return {
		ports,
		interfaces: interfacesFromHostsMeta(hostsMeta),
		paths: {
			...(resolvConf ? {resolvConf: inside('resolv.conf')} : {}),
			...(hostname ? {hostname: inside('hostname')} : {}),
			...(hosts ? {hosts: inside('hosts')} : {}),
			...(log ? {log: inside(logName)} : {}),
		},
		startedAt: startedAtOf(lifecycle),
		healthLog: linesOf(health),
	};
};

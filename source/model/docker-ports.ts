import {labels} from './labels.ts';
import {goStruct} from './template-struct.ts';

/** CNI's port mapping as nerdctl keeps it, in `network-config.json` and before 2.1.3 in a label. */
export type PortMapping = {readonly HostPort: number; readonly ContainerPort: number; readonly Protocol: string; readonly HostIP: string};

const isMapping = (value: unknown): value is PortMapping => {
	const mapping = value as Partial<Record<keyof PortMapping, unknown>> | null;
	return (
		typeof mapping === 'object' && mapping !== null && typeof mapping.HostPort === 'number' && typeof mapping.ContainerPort === 'number'
	);
};

const mappingsOf = (value: unknown): readonly PortMapping[] =>
	Array.isArray(value)
		? value
				.filter(isMapping)
				.map(mapping => ({...mapping, Protocol: String(mapping.Protocol ?? 'tcp'), HostIP: String(mapping.HostIP ?? '')}))
		: [];

const parsed = (text: string | undefined): unknown => {
	if (text === undefined || text === '') return undefined;
	try {
		return JSON.parse(text);
	} catch {
		// Half-written or foreign: no ports are known then, and the row is shown without.
		return undefined;
	}
};

/** From the state file's text where there is one, else from the label. */
export const portMappings = (networkConfig: string | undefined, all: Readonly<Record<string, string>>): readonly PortMapping[] => {
	const config = parsed(networkConfig) as {readonly portMappings?: unknown} | null | undefined;
	const fromFile = mappingsOf(config?.portMappings);
	return fromFile.length > 0 ? fromFile : mappingsOf(parsed(all[labels.ports]));
};

const range = (first: PortMapping, last: PortMapping): string =>
	first === last
		? `${first.HostPort}->${first.ContainerPort}`
		: `${first.HostPort}-${last.HostPort}->${first.ContainerPort}-${last.ContainerPort}`;

const ranges = (mappings: readonly PortMapping[]): readonly string[] => {
	const sorted = mappings.toSorted((a, b) => a.HostPort - b.HostPort);
	const made: Array<{readonly first: PortMapping; last: PortMapping}> = [];
	for (const mapping of sorted) {
		const current = made.at(-1);
		if (current !== undefined && mapping.HostPort === current.last.HostPort + 1 && mapping.ContainerPort === current.last.ContainerPort + 1)
			current.last = mapping;
		else made.push({first: mapping, last: mapping});
	}
	return made.map(({first, last}) => range(first, last));
};

/** `0.0.0.0:8080-8081->80-81/tcp, 127.0.0.1:53->53/udp`: neighbours are drawn together. */
export const portsText = (mappings: readonly PortMapping[]): string =>
	[...Map.groupBy(mappings, ({HostIP, Protocol}) => `${HostIP} ${Protocol}`).values()]
		.map(group => `${group[0]?.HostIP}:${ranges(group).join(', ')}/${group[0]?.Protocol}`)
		.sort()
		.join(', ');

/** docker's PortMap: container port to where it is bound. */
export const portMap = (
	mappings: readonly PortMapping[],
): Readonly<Record<string, ReadonlyArray<{readonly HostIp: string; readonly HostPort: string}>>> =>
	Object.fromEntries(
		mappings.map(({ContainerPort, Protocol, HostIP, HostPort}) => [
			`${ContainerPort}/${Protocol}`,
			[goStruct('nat.PortBinding', {HostIp: HostIP, HostPort: String(HostPort)}, {names: {HostIP: 'HostIp'}})],
		]),
	);

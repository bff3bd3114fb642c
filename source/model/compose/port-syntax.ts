import {isIpText} from '../ip-network.ts';
import {fault, mapping, type Scalar, type Value} from './value.ts';

type Range = {readonly from: number; readonly to: number};

/** More ports than this from one entry are a mistake, not a wish. */
const mostPorts = 65_535;

const rangeOf = (text: string): Range | undefined => {
	const [, from = '', to = from] = /^(\d{1,5})(?:-(\d{1,5}))?$/.exec(text) ?? [];
	if (from === '' || Number(to) < Number(from) || Number(to) > mostPorts) return undefined;
	return {from: Number(from), to: Number(to)};
};

const count = ({from, to}: Range): number => to - from + 1;

/** `[[IP:]PUBLISHED:]TARGET[/PROTOCOL]`, either with ranges; an entry for each port. */
export const portSyntax = (value: Value, path: string): readonly Value[] => {
	if (value.kind !== 'scalar') return [value];
	const line = String(value.value);
	const wrong = (problem: string) => fault(value.at, path, `${problem} in ${JSON.stringify(line)}`, 'write [[IP:]PUBLISHED:]TARGET[/PROTOCOL]');
	const [, address = '', published = '', targets = '', protocol = 'tcp'] =
		/^(?:(?:(\[[^\]]*\]|[^:[\]]*):)?([^:]*):)?([^:/]+)(?:\/([a-z]+))?$/i.exec(line) ?? [];
	const hostIp = address.replace(/^\[(.*)\]$/, '$1');
	const target = rangeOf(targets);
	if (target === undefined || target.from === 0) throw wrong('has no port');
	if (hostIp !== '' && !isIpText(hostIp)) throw wrong(`has ${JSON.stringify(hostIp)} for an address`);
	if (!['tcp', 'udp', 'sctp'].includes(protocol.toLowerCase())) throw wrong(`has the unknown protocol ${protocol}`);
	const host = published === '' ? undefined : rangeOf(published);
	if (published !== '' && host === undefined) throw wrong(`has ${JSON.stringify(published)} for a port`);
	if (host !== undefined && count(host) !== count(target) && count(target) !== 1) throw wrong('has ranges of different length');
	return Array.from({length: count(target)}, (_, at) =>
		mapping(
			{
				mode: 'ingress',
				host_ip: hostIp === '' ? undefined : hostIp,
				target: target.from + at,
				published: host === undefined ? undefined : count(target) === count(host) ? String(host.from + at) : published,
				protocol: protocol.toLowerCase(),
			},
			value.at,
		),
	);
};

/** Two entries with the same key are one port. */
export const portKey = (value: Value): string => {
	if (value.kind !== 'map') return String((value as Scalar).value);
	const part = (key: string, standard: string): string => {
		const one = value.entries.get(key)?.value;
		return one?.kind === 'scalar' && one.value !== undefined ? String(one.value) : standard;
	};
	return `${part('host_ip', '0.0.0.0')}:${part('published', '')}:${part('target', '')}/${part('protocol', 'tcp')}`;
};

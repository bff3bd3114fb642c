import {Failure} from '../../errors.ts';
import type {PortRequest} from '../create-request.ts';
import {parseAddress} from '../ip-network.ts';

const protocols = new Set(['tcp', 'udp', 'sctp']);

type Range = {readonly first: number; readonly last: number};

const rangeOf = (text: string): Range | undefined => {
	const match = /^(\d{1,5})(?:-(\d{1,5}))?$/.exec(text);
	if (match === null) return undefined;
	const [first, last] = [Number(match[1]), Number(match[2] ?? match[1])];
	return first >= 1 && last <= 65_535 && first <= last ? {first, last} : undefined;
};

const count = ({first, last}: Range): number => last - first + 1;

const invalid = (text: string, why: string, hint = 'write it as 8080:80, 127.0.0.1:8080:80 or 53:53/udp'): Failure => new Failure('invalid', `can't publish ${JSON.stringify(text)}: ${why}`, {hint});

/** `[ip:][host]:container`; an IPv6 address is in brackets. */
const partsOf = (text: string, ports: string): {readonly ip: string; readonly host: string; readonly container: string} => {
	const match = /^(?:(?:\[([^\]]*)\]|([^:[\]]*)):)?(?:([^:]*):)?([^:]*)$/.exec(ports);
	if (match === null) throw invalid(text, 'there are too many colons', 'put an IPv6 address into brackets: [::1]:8080:80');
	const [, six, four, host, container = ''] = match;
	// With one colon only, what is before it is a port.
	if (host === undefined && six === undefined) return {ip: '', host: four ?? '', container};
	return {ip: six ?? four ?? '', host: host ?? '', container};
};

/**
What `-p` says, one mapping for each port of a range. A host port of 0 in the answer is to be chosen; one that was said is refused, where nerdctl leaves a container that never starts. Without an address it is every IPv4 address, as nerdctl has it.
*/
export const parsePorts = (text: string): readonly PortRequest[] => {
	const [ports = '', protocolText = 'tcp', more] = text.split('/');
	const Protocol = protocolText.toLowerCase();
	if (more !== undefined) throw invalid(text, 'there are too many slashes');
	if (!protocols.has(Protocol)) throw invalid(text, `invalid protocol ${JSON.stringify(protocolText)}`, 'it is tcp, udp or sctp');
	const parts = partsOf(text, ports);
	if (parts.ip !== '' && parseAddress(parts.ip) === undefined) throw invalid(text, `invalid ip address: ${parts.ip}`);
	if (parts.container === '') throw invalid(text, 'no port of the container is said');
	const container = rangeOf(parts.container);
	if (container === undefined) throw invalid(text, `invalid containerPort: ${parts.container}`);
	const host = parts.host === '' ? undefined : rangeOf(parts.host);
	if (/^0+(?:-|$)/.test(parts.host)) throw invalid(text, 'no port of this machine is 0', `leave it out to have one chosen: -p ${parts.ip === '' ? '' : `${parts.ip.includes(':') ? `[${parts.ip}]` : parts.ip}::`}${parts.container}`);
	if (parts.host !== '' && host === undefined) throw invalid(text, `invalid hostPort: ${parts.host}`);
	const HostIP = parts.ip === '' ? '0.0.0.0' : parts.ip;
	// Docker's reading of many host ports for one of the container's: any of them will do.
	if (host !== undefined && count(host) > 1 && count(container) === 1) return [{HostPort: 0, ContainerPort: container.first, Protocol, HostIP, choices: host}];
	if (host !== undefined && count(host) !== count(container)) throw invalid(text, `the ranges ${parts.host} and ${parts.container} differ in length`, 'make them equally long');
	return Array.from({length: count(container)}, (_, at) => ({
		HostPort: host === undefined ? 0 : host.first + at,
		ContainerPort: container.first + at,
		Protocol,
		HostIP,
	}));
};

/** `80`, `80/udp`, `80-82/tcp`: what the container is said to listen on. */
export const parseExposed = (text: string): readonly string[] => {
	const [ports = '', protocol = 'tcp', more] = text.split('/');
	const range = rangeOf(ports);
	if (range === undefined || more !== undefined || !protocols.has(protocol.toLowerCase())) throw new Failure('invalid', `can't expose ${JSON.stringify(text)}`, {hint: 'write it as 80, 80-82 or 53/udp'});
	return Array.from({length: count(range)}, (_, at) => `${range.first + at}/${protocol.toLowerCase()}`);
};

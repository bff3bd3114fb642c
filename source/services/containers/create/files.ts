import {hostsFile, extraHostsOf, type HostsMeta, sharedHostsFile} from '../../../model/hosts-file.ts';
import type {CreateRequest} from '../../../model/create-request.ts';
import type {ContainerRef} from '../../../model/container.ts';
import type {PortMapping} from '../../../model/docker-ports.ts';
import type {OciMount} from '../../../model/oci/index.ts';
import {resolvConf} from '../../../model/resolv-conf.ts';
import {readSpec} from '../spec.ts';
import type {Joined} from './joined.ts';
import type {MachineNames, Making} from './types.ts';

/** `host-gateway` becomes this machine's address. */
export const resolveExtraHosts = ({network}: CreateRequest, {address}: MachineNames): readonly string[] =>
	network.extraHosts.map(pair => pair.replace(/^([^:]+):host-gateway$/, (_, host: string) => `${host}:${address()}`));

/** A container is named after its id, the machine's network brings the machine's name, and another's network that one's. */
export const hostnameOf = (request: CreateRequest, id: string, {mode, networkOf}: Joined, machine: MachineNames): string => {
	if (request.process.uts === 'host') return '';
	if (networkOf !== undefined) {
		const hostname = readSpec(networkOf)?.['hostname'];
		return typeof hostname === 'string' ? hostname : '';
	}
	return request.process.hostname ?? (mode.kind === 'host' || mode.kind === 'namespace' ? machine.hostname : id.slice(0, 12));
};

const mounted = (destination: string, source: string): OciMount => ({destination, type: 'bind', source, options: ['bind', 'rprivate']});

/** Where the files of a container are whose network is shared, as nerdctl lays them out. */
export const sharedFiles = (dataStore: string, {namespace, id}: ContainerRef): readonly OciMount[] => [
	mounted('/etc/resolv.conf', `${dataStore}/containers/${namespace}/${id}/resolv.conf`),
	mounted('/etc/hosts', `${dataStore}/etchosts/${namespace}/${id}/hosts`),
	mounted('/etc/hostname', `${dataStore}/containers/${namespace}/${id}/hostname`),
];

export type OwnFiles = {
	readonly ref: ContainerRef;
	readonly request: CreateRequest;
	readonly joined: Joined;
	readonly machine: MachineNames;
	readonly name: string;
	readonly hostname: string;
	readonly extraHosts: readonly string[];
};

const hosts = ({ref, request, joined, machine, name, hostname, extraHosts}: OwnFiles): {readonly text: string; readonly meta: HostsMeta | undefined} => {
	// Written by the hook, which knows the addresses.
	if (joined.mode.kind === 'networks') return {text: '', meta: undefined};
	const meta = {ID: ref.id, Networks: null, Hostname: hostname, ExtraHosts: extraHostsOf(extraHosts), Name: name, Domainname: request.process.domainname ?? ''};
	const sharesHost = joined.mode.kind === 'host' || joined.mode.kind === 'namespace';
	return {text: sharesHost ? sharedHostsFile(machine.hosts, meta.ExtraHosts) : hostsFile('', meta, [], []), meta};
};

/** The three files that are mounted from outside; answers the mounts. */
export const writeOwnFiles = async ({files}: Pick<Making, 'files'>, own: OwnFiles): Promise<readonly OciMount[]> => {
	const {ref, request, joined, machine, hostname} = own;
	const {network} = request;
	const resolver = resolvConf({
		host: machine.resolvConf,
		servers: network.dns,
		search: network.dnsSearch,
		options: network.dnsOptions,
		sharesHostNetwork: joined.mode.kind === 'host' || joined.mode.kind === 'namespace',
	});
	const {text, meta} = hosts(own);
	const [resolvConfPath, hostsPath, hostnamePath] = await Promise.all([
		files.write(ref, 'resolv.conf', resolver, 0o644),
		files.makeHosts(ref, text, meta),
		hostname === '' ? undefined : files.write(ref, 'hostname', `${hostname}\n`, 0o644),
	]);
	return [
		mounted('/etc/resolv.conf', resolvConfPath),
		mounted('/etc/hosts', hostsPath),
		...(hostnamePath === undefined ? [] : [mounted('/etc/hostname', hostnamePath)]),
	];
};

/** `network-config.json`: where nerdctl, and the hook, look for published ports. */
export const networkConfig = (ports: readonly PortMapping[]): string => JSON.stringify(ports.length === 0 ? {} : {portMappings: ports});

import {Failure} from '../../errors.ts';
import {capabilitiesOf} from './capabilities.ts';
import {cgroupsPathOf} from './cgroup.ts';
import type {NamespaceUse, SpecInput} from './input.ts';
import {mountsOf} from './mounts.ts';
import {isSystemd, processOf} from './process.ts';
import {devicesOf, resourcesOf} from './resources.ts';
import {seccompOf} from './seccomp.ts';
import type {OciNamespace, OciSpec} from './types.ts';

const maskedPaths = [
	'/proc/acpi',
	'/proc/asound',
	'/proc/kcore',
	'/proc/keys',
	'/proc/latency_stats',
	'/proc/timer_list',
	'/proc/timer_stats',
	'/proc/sched_debug',
	'/sys/firmware',
	'/sys/devices/virtual/powercap',
	'/proc/scsi',
];

const readonlyPaths = ['/proc/bus', '/proc/fs', '/proc/irq', '/proc/sys', '/proc/sysrq-trigger'];

const namespacesOf = ({request, namespaces, host}: SpecInput): readonly OciNamespace[] => {
	const cgroup = request.process.cgroupns ?? (host.cgroupVersion === 2 ? 'private' : 'host');
	const uses: ReadonlyArray<readonly [OciNamespace['type'], NamespaceUse]> = [
		['pid', namespaces.pid],
		['ipc', namespaces.ipc],
		['uts', namespaces.uts],
		['mount', 'new'],
		['network', namespaces.network],
		['cgroup', cgroup === 'private' ? 'new' : 'host'],
	];
	return uses.flatMap(([type, use]) => (use === 'host' ? [] : [use === 'new' ? {type} : {type, path: use.path}]));
};

/** As Go writes a map: `inspect --mode=native` shows a spec as it is stored. */
const sorted = (map: Readonly<Record<string, string>>): Readonly<Record<string, string>> => Object.fromEntries(Object.entries(map).sort(([left], [right]) => (left < right ? -1 : 1)));

const unprivilegedPorts = 'net.ipv4.ip_unprivileged_port_start';

/** Every port may be bound by anybody, but in the host's network, which is not the container's to change. */
const sysctlsOf = ({request, namespaces}: SpecInput): Readonly<Record<string, string>> => sorted({
	...(namespaces.network === 'host' ? {} : {[unprivilegedPorts]: '0'}),
	...request.security.sysctls,
});

/** A systemd that sees the machine's devices would take its terminals: https://github.com/containers/podman/issues/15878. */
const refuseTerminals = ({request, image}: SpecInput): void => {
	const {privileged, privilegedWithoutHostDevices} = request.security;
	if (privileged && !privilegedWithoutHostDevices && isSystemd(request, image))
		throw new Failure('invalid', 'if --privileged is used with systemd `--security-opt privileged-without-host-devices` must also be used');
};

/**
The spec that nerdctl would have written for the same request (nerdctl's pkg/cmd/container, on containerd's pkg/oci). Unlike nerdctl's it says nothing
that nobody asked for, such as a realtime budget of 0. The order is that of the runtime specification's Go types.
*/
export const composeSpec = (input: SpecInput): OciSpec => {
	const {request, hostname, namespaces} = input;
	const {security} = request;
	refuseTerminals(input);
	const capabilities = capabilitiesOf(security, input.host.capabilities);
	const devices = devicesOf(input);
	const sysctl = sysctlsOf(input);
	const seccomp = seccompOf(security, {capabilities, host: input.host});
	const hasOwnName = namespaces.uts !== 'host';
	return {
		ociVersion: '1.1.0',
		process: processOf(input, capabilities),
		root: {path: request.rootfs ?? 'rootfs', ...(security.readOnly ? {readonly: true} : {})},
		...(hasOwnName && hostname !== '' ? {hostname} : {}),
		...(hasOwnName && request.process.domainname ? {domainname: request.process.domainname} : {}),
		mounts: mountsOf(input),
		...(Object.keys(input.hooks).length > 0 ? {hooks: input.hooks} : {}),
		annotations: sorted({...input.annotations, ...request.annotations}),
		linux: {
			...(Object.keys(sysctl).length > 0 ? {sysctl} : {}),
			resources: resourcesOf(input),
			cgroupsPath: cgroupsPathOf(request, input.id, input.host),
			namespaces: namespacesOf(input),
			...(devices.length > 0 ? {devices} : {}),
			...(seccomp === undefined ? {} : {seccomp}),
			...(input.rootfsPropagation === undefined ? {} : {rootfsPropagation: input.rootfsPropagation}),
			...(security.privileged || security.unconfinedSystemPaths ? {} : {maskedPaths, readonlyPaths}),
			...(request.resources.rdtClass === undefined ? {} : {intelRdt: {closID: request.resources.rdtClass}}),
		},
	};
};

import type {SpecInput} from './input.ts';
import {initDestination, isSystemd} from './process.ts';
import type {OciMount} from './types.ts';

/** containerd's defaults without `/run`, which nerdctl leaves to the image, and with the cgroups. */
const defaultMounts: readonly OciMount[] = [
	{destination: '/proc', type: 'proc', source: 'proc', options: ['nosuid', 'noexec', 'nodev']},
	{destination: '/dev', type: 'tmpfs', source: 'tmpfs', options: ['nosuid', 'strictatime', 'mode=755', 'size=65536k']},
	{destination: '/dev/pts', type: 'devpts', source: 'devpts', options: ['nosuid', 'noexec', 'newinstance', 'ptmxmode=0666', 'mode=0620', 'gid=5']},
	{destination: '/dev/shm', type: 'tmpfs', source: 'shm', options: ['nosuid', 'noexec', 'nodev', 'mode=1777', 'size=65536k']},
	{destination: '/dev/mqueue', type: 'mqueue', source: 'mqueue', options: ['nosuid', 'noexec', 'nodev']},
	{destination: '/sys', type: 'sysfs', source: 'sysfs', options: ['nosuid', 'noexec', 'nodev', 'ro']},
	{destination: '/sys/fs/cgroup', type: 'cgroup', source: 'cgroup', options: ['ro', 'nosuid', 'noexec', 'nodev']},
];

const systemdMounts: readonly OciMount[] = [
	{destination: '/sys/fs/cgroup', type: 'cgroup', source: 'cgroup', options: ['rw']},
	...['/run', '/run/lock', '/tmp', '/var/lib/journal'].map(destination => ({destination, type: 'tmpfs', source: 'tmpfs'})),
];

/** As Go's path.Clean does it for an absolute path. */
export const cleanPath = (path: string): string => {
	const parts: string[] = [];
	for (const part of path.split('/')) {
		if (part === '..') parts.pop();
		else if (part !== '' && part !== '.') parts.push(part);
	}
	return `/${parts.join('/')}`;
};

const depth = (mount: OciMount): number => {
	const path = cleanPath(mount.destination);
	return path === '/' ? 1 : path.split('/').length - 1;
};

/** A later mount replaces an earlier one of the same place, one of `/dev` all below it, and what lies deeper comes after. */
const cover = (mounts: readonly OciMount[], added: readonly OciMount[]): readonly OciMount[] => {
	const covered = new Set(added.map(({destination}) => cleanPath(destination)));
	const kept = mounts.filter(({destination}) => !covered.has(cleanPath(destination)) && !(covered.has('/dev') && cleanPath(destination).startsWith('/dev/')));
	return [...kept, ...added].toSorted((left, right) => depth(left) - depth(right));
};

const sharedOptions = ['rbind', 'nosuid', 'noexec', 'nodev'];

/** `/dev/shm` and `/dev/mqueue` belong to the IPC namespace: whose that is, theirs they are. */
const memoryMount = (mount: OciMount, {request, namespaces, sharedShm}: SpecInput): OciMount => {
	const {destination} = mount;
	if (namespaces.ipc === 'host' && (destination === '/dev/shm' || destination === '/dev/mqueue')) return {destination, type: 'bind', source: destination, options: sharedOptions};
	if (destination !== '/dev/shm') return mount;
	if (sharedShm !== undefined) return {destination, type: 'bind', source: sharedShm, options: sharedOptions};
	const {shmBytes} = request.process;
	if (shmBytes === undefined) return mount;
	return {...mount, options: [...(mount.options ?? []).filter(option => !option.startsWith('size=')), `size=${Math.trunc(shmBytes / 1024)}k`]};
};

const writable = (mount: OciMount): OciMount => ({...mount, options: (mount.options ?? []).map(option => (option === 'ro' ? 'rw' : option))});

export const mountsOf = (input: SpecInput): readonly OciMount[] => {
	const {request, image, initPath} = input;
	const {privileged, writableCgroups} = request.security;
	const own = defaultMounts
		.map(mount => memoryMount(mount, input))
		.map(mount => ((privileged && mount.type === 'sysfs') || ((privileged || writableCgroups) && mount.type === 'cgroup') ? writable(mount) : mount));
	const withSystemd = isSystemd(request, image) ? cover(own, systemdMounts) : own;
	const withInit: readonly OciMount[] =
		initPath === undefined ? withSystemd : [{destination: initDestination(initPath), type: 'bind', source: initPath, options: ['bind', 'ro']}, ...withSystemd];
	const all = cover(withInit, input.mounts);
	const taken = new Set(input.mounts.map(({destination}) => cleanPath(destination)));
	return [...all, ...input.files.filter(({destination}) => !taken.has(cleanPath(destination)))];
};

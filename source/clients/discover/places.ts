import type {DiscoverIo, Place} from './types.ts';

export type Who = {readonly env: Readonly<Record<string, string | undefined>>; readonly uid: number};

/** RootlessKit's child has the daemon's /run in its mount namespace; through /proc it can be reached from outside. */
const rootlessPlaces = async ({env, uid}: Who, io: Pick<DiscoverIo, 'readText'>): Promise<readonly Place[]> => {
	if (uid === 0) return [];
	const runtime = env['XDG_RUNTIME_DIR'] || `/run/user/${uid}`;
	const state = env['ROOTLESSKIT_STATE_DIR'] || `${runtime}/containerd-rootless`;
	const child = /^\s*(\d+)\s*$/.exec((await io.readText(`${state}/child_pid`)) ?? '')?.[1];
	return [
		...(child === undefined ? [] : [{address: `/proc/${child}/root/run/containerd/containerd.sock`, owner: 'rootless containerd'}]),
		{address: `${runtime}/containerd/containerd.sock`, owner: 'rootless containerd'},
	];
};

/** In the order in which one is chosen when nothing else decides. */
export const knownPlaces = async (who: Who, io: Pick<DiscoverIo, 'readText'>): Promise<readonly Place[]> => [
	{address: '/run/containerd/containerd.sock', owner: 'containerd'},
	{address: '/run/k3s/containerd/containerd.sock', owner: 'K3s'},
	...(await rootlessPlaces(who, io)),
	{address: '/run/docker/containerd/containerd.sock', owner: 'dockerd'},
	{address: '/var/snap/microk8s/common/run/containerd.sock', owner: 'MicroK8s'},
	{address: '/run/k0s/containerd.sock', owner: 'k0s'},
];

import type {Container, ContainerRef} from '../../model/container.ts';
import type {Uses} from './dependencies.ts';

/** What the other containers of a namespace hold on to; asked once, when something shared is about to be removed. */
export type Claims = {
	usesSnapshot(snapshotter: string, key: string): boolean;
	usesVolume(name: string): boolean;
};

export const claimsOfOthers = async (
	{containerd}: Uses<{containers: 'list'}>,
	ref: ContainerRef,
	options: {readonly signal?: AbortSignal},
): Promise<Claims> => {
	const snapshots = new Set<string>();
	const volumes = new Set<string>();
	for await (const batch of containerd.containers.list(ref.namespace, options)) {
		for (const container of batch) {
			if (container.id === ref.id) continue;
			snapshots.add(`${container.snapshotter} ${container.snapshotKey}`);
			for (const name of volumesOf(container)) volumes.add(name);
		}
	}
	return {usesSnapshot: (snapshotter, key) => snapshots.has(`${snapshotter} ${key}`), usesVolume: name => volumes.has(name)};
};

/** `nerdctl/mounts` holds an array of mount points, `nerdctl/mounts.0`, `.1` … one each. */
export const volumesOf = (container: Pick<Container, 'labels'>): string[] =>
	Object.entries(container.labels)
		.filter(([key]) => key === 'nerdctl/mounts' || /^nerdctl\/mounts\.\d+$/.test(key))
		.flatMap(([, value]) => [parseJson(value)].flat())
		.flatMap(mount => {
			const name = typeof mount === 'object' && mount !== null ? (mount as {readonly Name?: unknown}).Name : undefined;
			return typeof name === 'string' && name !== '' ? [name] : [];
		});

/** The strings of a label that holds a JSON array of them; empty when it holds anything else. */
export const stringsIn = (label: string | undefined): string[] =>
	[parseJson(label ?? '[]')].flat().filter(item => typeof item === 'string');

const parseJson = (text: string): unknown => {
	try {
		return JSON.parse(text);
	} catch {
		return undefined;
	}
};

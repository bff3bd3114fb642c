import {randomBytes} from 'node:crypto';
import type {Writable} from 'node:stream';
import type {Containerd} from '../../../clients/containerd/types.ts';
import {type Host, packRoot, type TreeChange, treeChanges, withRoot} from '../../../clients/host/index.ts';
import {failing} from '../../../errors.ts';
import type {ContainerRef} from '../../../model/container.ts';
import type {Mount} from '../../../model/snapshot.ts';
import {nameOf} from '../name.ts';
import type {Progress} from '../types.ts';
import {snapshotMounts} from './open-files.ts';

export type ChangesDependencies = {
	readonly containerd: {
		readonly containers: Pick<Containerd['containers'], 'get'>;
		readonly snapshots: Pick<Containerd['snapshots'], 'mounts' | 'stat' | 'view' | 'remove'>;
		readonly leases: Pick<Containerd['leases'], 'create' | 'remove'>;
	};
	readonly host: Pick<Host, 'withMounts'>;
};

/** What the container wrote, compared with its image; running or not. */
export const changes = async (dependencies: ChangesDependencies, ref: ContainerRef, onChange: (change: TreeChange) => void | Promise<void>, options: Progress = {}): Promise<void> => {
	const {containerd, host} = dependencies;
	let title = ref.id;
	try {
		const record = await containerd.containers.get(ref, options);
		title = nameOf(record);
		const after = await snapshotMounts(dependencies, record, options);
		const {parent} = await containerd.snapshots.stat(ref.namespace, record.snapshotter, record.snapshotKey, options);
		await withView(dependencies, {namespace: ref.namespace, snapshotter: record.snapshotter, parent}, options, before =>
			host.withMounts(before, beforeRoot => host.withMounts(after, afterRoot => tell({beforeRoot, afterRoot, upper: upperOf(after)}, onChange, options), {...options, readOnly: true}), {...options, readOnly: true}),
		);
	} catch (error) {
		throw failing(`compare ${title} with its image`, error);
	}
};

type Roots = {readonly beforeRoot: string; readonly afterRoot: string; readonly upper: string | undefined};

const tell = ({beforeRoot, afterRoot, upper}: Roots, onChange: (change: TreeChange) => void | Promise<void>, {signal}: Progress): Promise<void> =>
	withRoot(beforeRoot, before =>
		withRoot(afterRoot, async after => {
			const compare = async (written: typeof after | undefined): Promise<void> => {
				for await (const change of treeChanges({before, after, written}, signal)) await onChange(change);
			};
			await (upper === undefined ? compare(undefined) : withRoot(upper, compare));
		}),
	);

/** Where overlay keeps what was written. */
const upperOf = (mounts: readonly Mount[]): string | undefined =>
	mounts.length === 1 && mounts[0]?.type === 'overlay' ? mounts[0].options.find(option => option.startsWith('upperdir='))?.slice('upperdir='.length) : undefined;

type Image = {readonly namespace: string; readonly snapshotter: string; readonly parent: string};

/** A snapshot can be mounted only when something stands on it; the lease takes the view away should we not come to it. */
const withView = async <T>({containerd}: ChangesDependencies, {namespace, snapshotter, parent}: Image, options: Progress, use: (mounts: readonly Mount[]) => Promise<T>): Promise<T> => {
	const id = `gantry-diff-${randomBytes(8).toString('hex')}`;
	const expires = new Date(Date.now() + 3_600_000).toISOString();
	await containerd.leases.create(namespace, {id, labels: {'containerd.io/gc.expire': expires}}, options);
	try {
		return await use(await containerd.snapshots.view(namespace, snapshotter, {key: id, parent}, {...options, lease: id}));
	} finally {
		await containerd.snapshots.remove(namespace, snapshotter, id).catch(() => {
			// It goes with the lease.
		});
		await containerd.leases.remove(namespace, id).catch(() => {
			// It ends by itself.
		});
	}
};

/** The file system as a tar archive: the image with what was written, and without the volumes. */
export const exportFiles = async (dependencies: Pick<ChangesDependencies, 'host'> & {readonly containerd: Pick<ChangesDependencies['containerd'], 'containers' | 'snapshots'>}, ref: ContainerRef, to: Writable, options: Progress = {}): Promise<void> => {
	const {containerd, host} = dependencies;
	let title = ref.id;
	try {
		const record = await containerd.containers.get(ref, options);
		title = nameOf(record);
		const mounts = await snapshotMounts(dependencies, record, options);
		await host.withMounts(mounts, path => withRoot(path, root => packRoot(root, to, options)), {...options, readOnly: true});
	} catch (error) {
		throw failing(`export ${title}`, error);
	}
};

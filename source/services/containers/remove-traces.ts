import type {Host} from '../../clients/host/types.ts';
import {Failure, isFailure, messageOf} from '../../errors.ts';
import type {ContainerRecord} from '../../model/container.ts';
import {labels} from '../../model/labels.ts';
import {type Claims, stringsIn} from './claims.ts';
import type {Uses} from './dependencies.ts';
import type {RemoveOptions} from './types.ts';

export type RemoveTracesDependencies = Uses<{snapshots: 'remove'}> & {
	readonly host: Pick<Host, 'releaseName' | 'removeHosts' | 'removeVolumes' | 'removeStateDir'>;
};

/** Views that back image mounts, made by newer nerdctl: a JSON array of snapshot keys. */
const imageMountSnapshots = 'nerdctl/image-mount-snapshots';

/**
What a container leaves that is no longer a container: snapshots, its name, hosts file, volumes, state directory. An abort would leave rubbish that nothing
names any more, so there is no signal; and one thing that resists does not save the others.
*/
export const removeTraces = async (
	{containerd, host}: RemoveTracesDependencies,
	record: ContainerRecord,
	others: Claims,
	options: Pick<RemoveOptions, 'volumes'>,
): Promise<void> => {
	const failures: unknown[] = [];
	const attempt = async (run: () => Promise<unknown>): Promise<void> => {
		try {
			await run();
		} catch (error) {
			failures.push(error);
		}
	};
	const keys = [record.snapshotKey, ...stringsIn(record.labels[imageMountSnapshots])].filter(
		key => key !== '' && record.snapshotter !== '' && !others.onSnapshot(record.snapshotter, key),
	);
	const name = record.labels[labels.name];
	const volumes = options.volumes === true ? stringsIn(record.labels[labels.anonymousVolumes]).filter(volume => !others.onVolume(volume)) : [];
	// Side by side: each waits for a lock of its own.
	await Promise.all([
		...keys.map(key => attempt(() => removeSnapshot(containerd.snapshots, record, key))),
		attempt(async () => (name ? host.releaseName(record, name) : undefined)),
		attempt(() => host.removeHosts(record)),
		attempt(async () => (volumes.length > 0 ? host.removeVolumes(record.namespace, volumes) : undefined)),
	]);
	// Last, since it is where a second try begins.
	await attempt(() => host.removeStateDir(record));
	if (failures.length === 1) throw failures[0];
	if (failures.length > 1) throw new Failure('internal', failures.map(messageOf).join('; '), {cause: new AggregateError(failures)});
};

/** One that others have built upon stays with them. */
const removeSnapshot = async (
	snapshots: RemoveTracesDependencies['containerd']['snapshots'],
	{namespace, snapshotter}: ContainerRecord,
	key: string,
): Promise<void> => {
	try {
		await snapshots.remove(namespace, snapshotter, key);
	} catch (error) {
		if (!isFailure(error, 'not-found') && !isFailure(error, 'conflict')) throw error;
	}
};

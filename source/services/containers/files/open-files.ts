import type {FileHandle} from 'node:fs/promises';
import {stat} from 'node:fs/promises';
import type {Containerd} from '../../../clients/containerd/types.ts';
import {type Bind, type Host, withRoot} from '../../../clients/host/index.ts';
import {Failure} from '../../../errors.ts';
import type {ContainerRecord} from '../../../model/container.ts';
import {listOf, recordOf, stringsOf, textOf} from '../../../model/docker-spec.ts';
import {readSpec} from '../spec.ts';
import type {Progress} from '../types.ts';

export type OpensFiles = {
	readonly containerd: {readonly tasks: Pick<Containerd['tasks'], 'find'>; readonly snapshots: Pick<Containerd['snapshots'], 'mounts'>};
	readonly host: Pick<Host, 'withMounts'>;
};

/**
The files of a container as it sees them, its volumes too. A running one is looked into through its process; one that does not run is mounted where
nobody else sees it.
*/
export const withFiles = async <T>({containerd, host}: OpensFiles, record: ContainerRecord, use: (root: FileHandle) => Promise<T>, options: Progress = {}): Promise<T> => {
	const task = await containerd.tasks.find(record, options);
	if (task?.status === 'running' || task?.status === 'paused' || task?.status === 'pausing') return withRoot(`/proc/${task.pid}/root`, use);
	const mounts = await snapshotMounts({containerd}, record, options);
	return host.withMounts(mounts, root => withRoot(root, use), {...options, binds: await directoriesIn(record)});
};

export const snapshotMounts = async ({containerd}: {readonly containerd: {readonly snapshots: Pick<Containerd['snapshots'], 'mounts'>}}, record: ContainerRecord, options: Progress) => {
	if (record.snapshotKey === '') throw new Failure('unsupported', 'it has no snapshot: its files are kept by whoever made it');
	return containerd.snapshots.mounts(record.namespace, record.snapshotter, record.snapshotKey, options);
};

/** What the spec binds into it, as far as it is directories that are there: files such as /etc/hosts are written anew at each start. */
const directoriesIn = async (record: ContainerRecord): Promise<readonly Bind[]> => {
	const binds: Bind[] = [];
	for (const mount of listOf(readSpec(record)?.['mounts']).map(recordOf)) {
		const options = stringsOf(mount['options']);
		if (!options.includes('bind') && !options.includes('rbind')) continue;
		const source = textOf(mount['source']);
		const isDirectory = await stat(source).then(
			found => found.isDirectory(),
			() => false,
		);
		if (isDirectory) binds.push({source, destination: textOf(mount['destination']), readOnly: options.includes('ro') || options.includes('rro')});
	}
	return binds;
};

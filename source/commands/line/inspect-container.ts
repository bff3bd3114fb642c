import type {ContainerRecord} from '../../model/container.ts';
import {dockerContainer} from '../../model/docker-container.ts';
import {nativeContainer} from '../../model/docker-native.ts';
import {isFailure} from '../../errors.ts';
import type {Snapshot} from '../../model/snapshot.ts';
import {snapshotSize} from './containers.ts';
import {readExtras} from './state-files.ts';
import type {Surroundings} from './types.ts';

export type ContainerInspectOptions = {readonly mode: 'dockercompat' | 'native'; readonly size: boolean};

const findSnapshot = async (
	{containerd, global, signal}: Surroundings,
	{snapshotKey, snapshotter}: ContainerRecord,
): Promise<Snapshot | undefined> => {
	if (snapshotKey === '') return undefined;
	try {
		return await containerd.snapshots.stat(global.namespace, snapshotter, snapshotKey, {signal});
	} catch (error) {
		if (isFailure(error, 'not-found')) return undefined;
		throw error;
	}
};

export const inspectOneContainer = async (
	context: Surroundings,
	found: ContainerRecord,
	{mode, size}: ContainerInspectOptions,
): Promise<unknown> => {
	const {services, host, signal} = context;
	const {record, task, spec} = await services.containers.inspect(found, {signal});
	if (mode === 'native') return nativeContainer(record, task, spec, await findSnapshot(context, record));
	const [extras, sizes] = await Promise.all([
		readExtras(host, record),
		size && record.snapshotKey !== '' ? snapshotSize(context, record.snapshotter, record.snapshotKey) : undefined,
	]);
	return dockerContainer(record, task, spec, {...extras, ...(sizes === undefined ? {} : {size: sizes})});
};

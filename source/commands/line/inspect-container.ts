import type {ContainerRecord} from '../../model/container.ts';
import {dockerContainer} from '../../model/docker-container.ts';
import {limitedDevices, recordOf, type Spec} from '../../model/docker-spec.ts';
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

/** A spec knows block devices by their numbers; the kernel tells how they are called. */
const namesOfDevices = async ({host}: Surroundings, spec: Spec): Promise<Readonly<Record<string, string>>> => {
	const named = limitedDevices(spec).map(async numbers => {
		const name = /^DEVNAME=(\S+)$/m.exec((await host.readText(`/sys/dev/block/${numbers}/uevent`)) ?? '')?.[1];
		return name === undefined ? [] : [[numbers, `/dev/${name}`] as const];
	});
	return Object.fromEntries((await Promise.all(named)).flat());
};

export const inspectOneContainer = async (
	context: Surroundings,
	found: ContainerRecord,
	{mode, size}: ContainerInspectOptions,
): Promise<unknown> => {
	const {services, host, signal} = context;
	const {record, task, spec} = await services.containers.inspect(found, {signal});
	if (mode === 'native') return nativeContainer(record, task, spec, await findSnapshot(context, record));
	const [extras, blockDevices, sizes] = await Promise.all([
		readExtras(host, record),
		namesOfDevices(context, recordOf(spec)),
		size && record.snapshotKey !== '' ? snapshotSize(context, record.snapshotter, record.snapshotKey) : undefined,
	]);
	return dockerContainer(record, task, spec, {...extras, blockDevices, ...(sizes === undefined ? {} : {size: sizes})});
};

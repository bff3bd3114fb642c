import type {ContainerRecord, Task} from '../../model/container.ts';
import {dockerContainer} from '../../model/docker-container.ts';
import {limitedDevices, recordOf, type Spec} from '../../model/docker-spec.ts';
import {parseExactly} from '../../model/exact-json.ts';
import {nativeContainer} from '../../model/docker-native.ts';
import {labels} from '../../model/labels.ts';
import {linksInUse, type NetLink, parseLinks} from '../../model/net-links.ts';
import {networkModeOf} from '../../model/network-mode.ts';
import {isFailure} from '../../errors.ts';
import type {Snapshot} from '../../model/snapshot.ts';
import {snapshotSize} from './containers.ts';
import {readExtras, readPorts} from './state-files.ts';
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

/** The interfaces that it sees now; undefined when it does not run, or this machine has no program to look with. */
export const linksOf = async ({host, signal}: Surroundings, task: Task | undefined): Promise<readonly NetLink[] | undefined> => {
	if (task === undefined || (task.status !== 'running' && task.status !== 'paused')) return undefined;
	const found = await host.run('nsenter', ['--target', String(task.pid), '--net', '--', 'ip', '-j', 'address'], {signal});
	return found?.exitCode === 0 ? parseLinks(found.stdout) : undefined;
};

/**
Whose network was made by CNI is told by what CNI answered; who lives in another's has only what is seen there. Of several networks
nobody wrote down which came first, and the first has the address of the container.
*/
const isTold = ({labels: all}: ContainerRecord): boolean => {
	const mode = networkModeOf(all[labels.networks]);
	return mode?.kind === 'networks' && mode.names.length === 1;
};

export const inspectOneContainer = async (
	context: Surroundings,
	found: ContainerRecord,
	{mode, size}: ContainerInspectOptions,
): Promise<unknown> => {
	const {services, host, signal} = context;
	const {record, task, spec} = await services.containers.inspect(found, {signal});
	if (mode === 'native') {
		const [snapshot, links, ports] = await Promise.all([findSnapshot(context, record), linksOf(context, task), readPorts(host, record)]);
		const exact = record.spec === undefined || spec === undefined ? spec : parseExactly(Buffer.from(record.spec.value).toString());
		return nativeContainer(record, task, exact, {snapshot, links, ports});
	}
	const [extras, links, blockDevices, sizes] = await Promise.all([
		readExtras(host, record),
		isTold(record) ? undefined : linksOf(context, task),
		namesOfDevices(context, recordOf(spec)),
		size && record.snapshotKey !== '' ? snapshotSize(context, record.snapshotter, record.snapshotKey) : undefined,
	]);
	return dockerContainer(record, task, spec, {...extras, ...(links === undefined ? {} : {interfaces: linksInUse(links)}), blockDevices, ...(sizes === undefined ? {} : {size: sizes})});
};

import type {Host} from '../../clients/host/index.ts';
import {failing} from '../../errors.ts';
import {snapshotKey} from '../../model/disk-graph.ts';
import type {DiskUsage, VolumeDisk} from '../../model/disk-usage.ts';
import {volumesOf} from '../../model/mount-labels.ts';
import type {SizeCache} from '../snapshots/index.ts';
import {assemble} from './assemble.ts';
import {type NamespaceFacts, type ReadsFacts, readContent, readFacts, snapshotterNames} from './facts.ts';
import {eachOf, snapshotSize} from './measure.ts';
import type {DiskService, UsageOptions} from './types.ts';
import {pruneVolumes} from '../volumes/index.ts';
import {measureVolume} from './volumes.ts';

export type {DiskProgress, DiskService, DiskUsage, PruneSelection, UsageOptions} from './types.ts';

export type DiskDependencies = ReadsFacts & {readonly host: Pick<Host, 'volumes' | 'dataStore' | 'volumeRecords' | 'holdVolumes' | 'dropVolume'>};

export const createDisk = (dependencies: DiskDependencies, clock: () => number = Date.now): DiskService => {
	const sizes: SizeCache = new Map();
	return {
		usage: async (options = {}) => {
			try {
				return await usage(dependencies, sizes, clock, options);
			} catch (error) {
				throw failing('read the disk usage', error);
			}
		},
		pruneVolumes: (namespace, options) => pruneVolumes(dependencies, namespace, options),
	};
};

const usage = async (
	dependencies: DiskDependencies,
	sizes: SizeCache,
	clock: () => number,
	{namespaces, signal, onProgress}: UsageOptions,
): Promise<DiskUsage> => {
	const {containerd, host} = dependencies;
	const calling = signal === undefined ? {} : {signal};
	const problems: string[] = [];
	const onProblem = (sentence: string): void => void problems.push(sentence);

	const [listed, snapshotters] = await Promise.all([containerd.namespaces.list(calling), snapshotterNames(dependencies, calling)]);
	const names = listed.map(({name}) => name);
	const wanted = namespaces ?? names;
	const facts: NamespaceFacts[] = [];
	for (const namespace of wanted) facts.push(await readFacts(dependencies, namespace, snapshotters, onProblem, calling));
	const foreign = new Set<string>();
	for (const namespace of names.filter(name => !wanted.includes(name))) for (const {digest} of await readContent(dependencies, namespace, calling)) foreign.add(digest);

	const snapshots = facts.flatMap(each => each.snapshots);
	const volumeNames = (await Promise.all(wanted.map(async namespace => (await host.volumes(namespace)).map(name => ({namespace, name}))))).flat();
	const total = snapshots.length + volumeNames.length;
	let done = 0;
	const step = (): void => onProgress?.({done: ++done, total});

	const snapshotBytes = new Map<string, number>();
	await eachOf(snapshots, async snapshot => {
		const size = await snapshotSize(dependencies, sizes, snapshot, calling);
		if (size !== undefined) snapshotBytes.set(snapshotKey(snapshot.namespace, snapshot.snapshotter, snapshot.key), size);
		step();
	});

	const volumes: VolumeDisk[] = [];
	await eachOf(volumeNames, async ({namespace, name}) => {
		const measured = await measureVolume(dependencies, namespace, name, {...calling, onProblem});
		const users = facts.find(each => each.namespace === namespace)?.containers.filter(container => volumesOf(container).includes(name)) ?? [];
		volumes.push({namespace, name, ...measured, usedBy: users.map(({id}) => id)});
		step();
	});
	volumes.sort((a, b) => (`${a.namespace} ${a.name}` < `${b.namespace} ${b.name}` ? -1 : 1));
	return assemble({facts, foreign, snapshotBytes, volumes, problems, now: clock()});
};

import type {Container} from '../../model/container.ts';
import {createFilter} from '../../model/filter.ts';
import {displayName} from '../../model/grouping.ts';
import {volumesOf} from '../../model/mount-labels.ts';
import {naturalCompare} from '../../model/sort.ts';
import {type Volume, volumeKey} from '../../model/volume.ts';
import type {Listing, VolumeRow} from './types.ts';

const comparators: Readonly<Record<string, (a: VolumeRow, b: VolumeRow) => number>> = {
	// Those that somebody named before the hexadecimal ones.
	name: (a, b) => Number(a.volume.isAnonymous) - Number(b.volume.isAnonymous) || naturalCompare(a.volume.name, b.volume.name),
	size: (a, b) => (a.sizeBytes ?? -1) - (b.sizeBytes ?? -1),
	used: (a, b) => a.usedBy.length - b.usedBy.length,
	age: (a, b) => b.volume.createdAt - a.volume.createdAt,
	namespace: (a, b) => naturalCompare(a.namespace, b.namespace),
};

export const volumeRows = (
	volumes: ReadonlyMap<string, Volume>,
	sizes: ReadonlyMap<string, number>,
	containers: ReadonlyMap<string, Container>,
	pane: Listing,
): readonly VolumeRow[] => {
	const users = new Map<string, string[]>();
	for (const container of containers.values()) {
		for (const name of new Set(volumesOf(container))) {
			const key = volumeKey({namespace: container.namespace, name});
			users.set(key, [...(users.get(key) ?? []), displayName(container)]);
		}
	}
	const filter = createFilter(pane.filter);
	const compare = comparators[pane.sort.column] ?? (comparators['name'] as NonNullable<(typeof comparators)['name']>);
	const sign = pane.sort.descending ? -1 : 1;
	return [...volumes.entries()]
		.map(([key, volume]): VolumeRow => ({kind: 'volume', key, depth: 0, namespace: volume.namespace, volume, sizeBytes: sizes.get(key), usedBy: (users.get(key) ?? []).sort(naturalCompare)}))
		.filter(({volume, usedBy}) => pane.filter === '' || filter.matches({text: `${volume.name} ${volume.namespace} ${usedBy.join(' ')}`, labels: volume.labels}))
		.sort((a, b) => sign * compare(a, b) || naturalCompare(a.volume.name, b.volume.name));
};

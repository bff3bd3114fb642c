import type {DiskUsage, PruneSelection} from './disk-usage.ts';
import {plain} from './sanitize.ts';
import {bytes} from './units.ts';

type Line = {readonly label: string; readonly count: number; readonly sizeBytes: number; readonly freeBytes: number};

const sum = <T>(items: readonly T[], bytesOf: (item: T) => number): number => items.reduce((total, item) => total + bytesOf(item), 0);

/** By kind. Blobs and snapshots are apart here, since they are what fills different places of the disk. */
const linesOf = (usage: DiskUsage): readonly Line[] => [
	{label: 'content', count: usage.content.count, sizeBytes: usage.content.sizeBytes, freeBytes: usage.unusedContent.sizeBytes},
	...(usage.partialPulls.count === 0
		? []
		: [{label: '  failed pulls', count: usage.partialPulls.count, sizeBytes: usage.partialPulls.sizeBytes, freeBytes: usage.reclaimable.partialPulls}]),
	...(usage.ingests.count === 0 ? [] : [{label: 'downloads', count: usage.ingests.count, sizeBytes: usage.ingests.sizeBytes, freeBytes: 0}]),
	...usage.snapshotters.map(({snapshotter, committed, active, unused}) => ({
		label: plain(snapshotter),
		count: committed.count + active.count,
		sizeBytes: committed.sizeBytes + active.sizeBytes,
		freeBytes: unused.sizeBytes,
	})),
	{label: 'volumes', count: usage.volumes.length, sizeBytes: sum(usage.volumes, ({sizeBytes}) => sizeBytes), freeBytes: usage.reclaimable.unusedVolumes},
];

/** In ASCII, which every screen has. */
const barOf = (share: number, cells: number): string => {
	const full = Math.min(cells, Math.round(share * cells));
	return '#'.repeat(full) + '.'.repeat(cells - full);
};

const listed = 8;

const biggest = <T>(title: string, items: readonly T[], bytesOf: (item: T) => number, text: (item: T) => string): readonly string[] => {
	const sorted = [...items].sort((a, b) => bytesOf(b) - bytesOf(a)).slice(0, listed);
	return sorted.length === 0 ? [] : ['', `# ${title}`, ...sorted.map(item => `${bytes(bytesOf(item)).padStart(7)}  ${text(item)}`)];
};

/** What takes place, by kind. */
export const diskKinds = (usage: DiskUsage): readonly string[] => [
	`${'KIND'.padEnd(16)} ${'COUNT'.padStart(6)} ${'SIZE'.padStart(7)}  ${'OF ALL'.padEnd(20)} ${'UNUSED'.padStart(7)}`,
	...linesOf(usage).map(
		({label, count, sizeBytes, freeBytes}) =>
			`${label.padEnd(16)} ${String(count).padStart(6)} ${bytes(sizeBytes).padStart(7)}  ${barOf(usage.totalBytes === 0 ? 0 : sizeBytes / usage.totalBytes, 20)} ${bytes(freeBytes).padStart(7)}`,
	),
	`${'all'.padEnd(16)} ${''.padStart(6)} ${bytes(usage.totalBytes).padStart(7)}`,
];

const collected = ({reclaimable}: DiskUsage): readonly string[] => {
	const free = reclaimable.unusedContent + reclaimable.unusedSnapshots;
	return free === 0 ? [] : [`The daemon's garbage collector frees ${bytes(free)} by itself when it next comes.`];
};

/** The biggest of each kind, and what could not be read. */
export const diskBiggest = (usage: DiskUsage): readonly string[] => [
	...collected(usage),
	...biggest('Biggest images, and what no other image shares', usage.images, ({sizeBytes}) => sizeBytes, ({names, namespace, uniqueBytes, containers}) =>
		`${bytes(uniqueBytes).padStart(7)}  ${plain(names[0] ?? '')}${names.length > 1 ? ` +${names.length - 1}` : ''}  ${plain(namespace)}${containers === 0 ? '  not used' : ''}`,
	),
	...biggest('Biggest writable layers', usage.containers, ({sizeBytes}) => sizeBytes, ({labels, id, namespace, status}) =>
		`${plain(labels['nerdctl/name'] ?? id.slice(0, 12))}  ${plain(namespace)}  ${status ?? 'not running'}`,
	),
	...biggest('Biggest volumes', usage.volumes, ({sizeBytes}) => sizeBytes, ({name, namespace, usedBy}) =>
		`${plain(name)}  ${plain(namespace)}${usedBy.length === 0 ? '  not used' : ''}`,
	),
	...(usage.problems.length === 0 ? [] : ['', ...usage.problems.map(plain)]),
];

export type Prune = {readonly id: string; readonly title: string; readonly does: string; readonly selection: PruneSelection};

/** Every prune that the Disk screen offers, from the harmless to the thorough. */
export const prunes: readonly Prune[] = [
	{id: 'containers', title: 'container prune', does: 'stopped containers', selection: {stoppedContainers: true}},
	{id: 'dangling', title: 'image prune', does: 'images without a name', selection: {images: 'dangling', partialPulls: true}},
	{id: 'images', title: 'image prune -a', does: 'images that no container uses', selection: {images: 'unused', partialPulls: true}},
	{id: 'volumes', title: 'volume prune', does: 'anonymous volumes that nothing mounts', selection: {volumes: 'anonymous'}},
	{id: 'system', title: 'system prune', does: 'stopped containers, images without a name', selection: {stoppedContainers: true, images: 'dangling', partialPulls: true}},
	{
		id: 'everything',
		title: 'system prune -a --volumes',
		does: 'all that nothing runs on or mounts',
		selection: {stoppedContainers: true, images: 'unused', partialPulls: true, volumes: 'anonymous'},
	},
];

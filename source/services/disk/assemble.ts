import type {Container, Task} from '../../model/container.ts';
import {contentKey, createDiskGraph, type DiskGraph, type DiskNode, isRoot, labelReferences, snapshotKey} from '../../model/disk-graph.ts';
import type {ContainerDisk, DiskUsage, Extent, ImageDisk, PruneSelection, SnapshotterDisk, VolumeDisk} from '../../model/disk-usage.ts';
import type {Image} from '../../model/image.ts';
import {isDangling, isPartial} from '../images/index.ts';
import type {NamespaceFacts} from './facts.ts';

export type Measured = {
	readonly facts: readonly NamespaceFacts[];
	/** Digests that namespaces which nobody asked about hold. */
	readonly foreign: ReadonlySet<string>;
	/** By the graph's key; without an entry the snapshotter did not tell. */
	readonly snapshotBytes: ReadonlyMap<string, number>;
	readonly volumes: readonly VolumeDisk[];
	readonly problems: readonly string[];
	readonly now: number;
};

type Owned = Container & {readonly task: Task | undefined};

const live: ReadonlySet<string> = new Set(['running', 'paused', 'pausing']);
/** What `container prune` leaves alone. */
export const isLive = (container: Owned): boolean => live.has(container.task?.status ?? '');

const ownSnapshot = ({namespace, snapshotter, snapshotKey: key}: Container): string => snapshotKey(namespace, snapshotter, key);
const imageRoots = ({namespace, target, labels}: Image): string[] => [contentKey(namespace, target.digest), ...labelReferences(namespace, labels)];
const containerRoots = (container: Owned): string[] => [ownSnapshot(container), ...labelReferences(container.namespace, container.labels)];

const graphOf = ({facts, foreign, snapshotBytes}: Measured): DiskGraph => {
	const nodes: DiskNode[] = [];
	for (const {namespace, content, snapshots} of facts) {
		for (const {digest, sizeBytes, labels} of content) {
			nodes.push({key: contentKey(namespace, digest), stored: digest, sizeBytes, refers: labelReferences(namespace, labels)});
			if (foreign.has(digest)) nodes.push({key: contentKey('', digest), stored: digest, sizeBytes, refers: []});
		}
		for (const {snapshotter, key, parent, labels} of snapshots) {
			const own = snapshotKey(namespace, snapshotter, key);
			const below = parent === '' ? [] : [snapshotKey(namespace, snapshotter, parent)];
			nodes.push({key: own, stored: own, sizeBytes: snapshotBytes.get(own) ?? 0, refers: [...below, ...labelReferences(namespace, labels)]});
		}
	}
	return createDiskGraph(nodes);
};

/** What is kept whatever is pruned: leases, labels, other namespaces. */
const fixedRoots = ({facts, foreign, now}: Measured): string[] => [
	...[...foreign].map(digest => contentKey('', digest)),
	...facts.flatMap(({namespace, content, snapshots, leased}) => [
		...leased,
		...content.filter(({labels}) => isRoot(labels, now) && !isPartial(labels)).map(({digest}) => contentKey(namespace, digest)),
		...snapshots.filter(({labels}) => isRoot(labels, now)).map(({snapshotter, key}) => snapshotKey(namespace, snapshotter, key)),
	]),
];

const extent = (graph: DiskGraph, keys: readonly string[]): Extent => ({count: keys.length, sizeBytes: graph.bytesOf(keys)});

const imagesOf = (facts: readonly NamespaceFacts[], graph: DiskGraph): ImageDisk[] => {
	const grouped = facts.flatMap(({namespace, images, containers}) =>
		[...Map.groupBy(images, ({target}) => target.digest)].map(([digest, names]) => ({namespace, digest, names, containers})),
	);
	const reached = grouped.map(({names}) => graph.reach(names.flatMap(imageRoots)));
	// By what is stored: an image that two namespaces have is two images with the same blobs, and neither is alone with them.
	const holders = new Map<string, number>();
	for (const keys of reached) for (const stored of storedOf(graph, keys)) holders.set(stored, (holders.get(stored) ?? 0) + 1);
	return grouped.map(({namespace, digest, names, containers}, at) => {
		const keys = reached[at] as ReadonlySet<string>;
		const own = new Set(names.map(({name}) => name));
		return {
			namespace,
			names: names.map(({name}) => name),
			digest,
			sizeBytes: graph.bytesOf(keys),
			uniqueBytes: graph.bytesOf([...keys].filter(key => holders.get(graph.nodes.get(key)?.stored ?? '') === 1)),
			containers: containers.filter(({image}) => own.has(image)).length,
			createdAt: Math.min(...names.map(({createdAt}) => createdAt)),
		};
	});
};

const storedOf = (graph: DiskGraph, keys: ReadonlySet<string>): Set<string> => new Set([...keys].map(key => graph.nodes.get(key)?.stored ?? ''));

const snapshottersOf = (facts: readonly NamespaceFacts[], graph: DiskGraph, kept: ReadonlySet<string>, known: ReadonlyMap<string, number>): SnapshotterDisk[] => {
	const all = facts.flatMap(({snapshots}) => snapshots);
	return [...Map.groupBy(all, ({snapshotter}) => snapshotter)].map(([snapshotter, snapshots]) => {
		const keyed = snapshots.map(snapshot => ({key: snapshotKey(snapshot.namespace, snapshotter, snapshot.key), isCommitted: snapshot.kind === 'committed'}));
		const of = (wanted: (each: (typeof keyed)[number]) => boolean): Extent => extent(graph, keyed.filter(wanted).map(({key}) => key));
		return {
			snapshotter,
			committed: of(({isCommitted}) => isCommitted),
			active: of(({isCommitted}) => !isCommitted),
			unused: of(({key}) => !kept.has(key)),
			uncounted: keyed.filter(({key}) => !known.has(key)).length,
		};
	});
};

/** Adds everything up. Pure: what there is and how big it is has been read. */
export const assemble = (measured: Measured): DiskUsage => {
	const {facts, snapshotBytes, volumes, problems} = measured;
	const graph = graphOf(measured);
	const fixed = fixedRoots(measured);
	const partial = facts.flatMap(({namespace, content, abandoned}) => [...content.filter(({labels}) => isPartial(labels)).map(({digest}) => contentKey(namespace, digest)), ...abandoned]);
	const containers = facts.flatMap(each => each.containers);

	/** What stays when this is pruned, in the order of `system prune`: an image that only a pruned container used goes with it. */
	const kept = ({stoppedContainers = false, images, partialPulls = false}: PruneSelection): ReadonlySet<string> => {
		const staying = stoppedContainers ? containers.filter(isLive) : containers;
		const used = new Set(staying.map(({namespace, image}) => `${namespace} ${image}`));
		const isMeant = (image: Image): boolean => (typeof images === 'function' ? images(image) : images === 'unused' || (images === 'dangling' && isDangling(image.name)));
		const goes = (image: Image): boolean => !used.has(`${image.namespace} ${image.name}`) && isMeant(image);
		return graph.reach([...fixed, ...(partialPulls ? [] : partial), ...staying.flatMap(containerRoots), ...facts.flatMap(each => each.images.filter(image => !goes(image)).flatMap(imageRoots))]);
	};

	const now = kept({});
	const unused = graph.bytesWithout(now);
	// A volume that only a stopped container mounts is free once that is gone.
	const released = (selection: PruneSelection): VolumeDisk[] => {
		if (selection.stoppedContainers !== true) return [...volumes];
		const stays = new Set(containers.filter(isLive).map(({namespace, id}) => `${namespace} ${id}`));
		return volumes.map(volume => ({...volume, usedBy: volume.usedBy.filter(id => stays.has(`${volume.namespace} ${id}`))}));
	};
	const freed = (selection: PruneSelection): number => {
		const gone = released(selection).filter(
			({usedBy, isAnonymous}) => selection.volumes !== undefined && usedBy.length === 0 && (selection.volumes === 'unused' || isAnonymous),
		);
		return graph.bytesWithout(kept(selection)) - unused + gone.reduce((sum, {sizeBytes}) => sum + sizeBytes, 0);
	};

	const contentKeys = facts.flatMap(({namespace, content}) => content.map(({digest}) => contentKey(namespace, digest)));
	const stillNamed = new Set([...now].map(key => graph.nodes.get(key)?.stored));
	const lost = [...new Map(contentKeys.map(key => [graph.nodes.get(key)?.stored, key]))].filter(([stored]) => !stillNamed.has(stored)).map(([, key]) => key);
	const distinct = [...new Map(contentKeys.map(key => [graph.nodes.get(key)?.stored, key])).values()];
	const ingests = facts.flatMap(each => each.ingests);
	const snapshotters = snapshottersOf(facts, graph, now, snapshotBytes);
	const content = extent(graph, distinct);
	const ingestExtent = {count: ingests.length, sizeBytes: ingests.reduce((sum, {offset}) => sum + offset, 0)};
	return {
		images: imagesOf(facts, graph),
		imageBytes: graph.bytesOf(graph.reach(facts.flatMap(each => each.images.flatMap(imageRoots)))),
		content,
		unusedContent: extent(graph, lost),
		partialPulls: extent(graph, [...new Set(partial)].filter(key => graph.nodes.has(key))),
		ingests: ingestExtent,
		snapshotters,
		containers: containers.map(
			(container): ContainerDisk => ({
				namespace: container.namespace,
				id: container.id,
				labels: container.labels,
				image: container.image,
				status: container.task?.status,
				snapshotter: container.snapshotter,
				createdAt: container.createdAt,
				sizeBytes: snapshotBytes.get(ownSnapshot(container)) ?? 0,
			}),
		),
		volumes,
		buildCache: undefined,
		totalBytes:
			content.sizeBytes +
			ingestExtent.sizeBytes +
			snapshotters.reduce((sum, {committed, active}) => sum + committed.sizeBytes + active.sizeBytes, 0) +
			volumes.reduce((sum, {sizeBytes}) => sum + sizeBytes, 0),
		reclaimable: {
			stoppedContainers: freed({stoppedContainers: true}),
			danglingImages: freed({images: 'dangling'}),
			unusedImages: freed({images: 'unused'}),
			anonymousVolumes: freed({volumes: 'anonymous'}),
			unusedVolumes: freed({volumes: 'unused'}),
			partialPulls: freed({partialPulls: true}),
			unusedContent: extent(graph, lost).sizeBytes,
			unusedSnapshots: snapshotters.reduce((sum, {unused: free}) => sum + free.sizeBytes, 0),
		},
		freed,
		problems,
	};
};

import type {Snapshot, SnapshotKind} from '../../model/snapshot.ts';
import {type Info, Kind, SnapshotsService} from '../../protocol/generated/snapshots.ts';
import {type Caller, contextOf, decodeAnswer, serverStream, slowMs, unary} from './call.ts';
import {epochMs, toTimestamp} from './time.ts';
import type {Snapshots} from './types.ts';

const kinds: Readonly<Record<number, SnapshotKind>> = {[Kind.VIEW]: 'view', [Kind.ACTIVE]: 'active', [Kind.COMMITTED]: 'committed'};
const wireKinds: Readonly<Record<SnapshotKind, Kind>> = {unknown: Kind.UNKNOWN, view: Kind.VIEW, active: Kind.ACTIVE, committed: Kind.COMMITTED};

const toSnapshot = (namespace: string, snapshotter: string, info: Info | undefined): Snapshot => ({
	namespace,
	snapshotter,
	key: info?.name ?? '',
	parent: info?.parent ?? '',
	kind: kinds[info?.kind ?? Kind.UNKNOWN] ?? 'unknown',
	labels: info?.labels ?? {},
	createdAt: epochMs(info?.createdAt),
	updatedAt: epochMs(info?.updatedAt),
});

const toInfo = (snapshot: Snapshot): Info => ({
	name: snapshot.key,
	parent: snapshot.parent,
	kind: wireKinds[snapshot.kind],
	createdAt: toTimestamp(snapshot.createdAt),
	updatedAt: toTimestamp(snapshot.updatedAt),
	labels: {...snapshot.labels},
});

export const createSnapshots = (caller: Caller): Snapshots => ({
	async *list(namespace, snapshotter, options) {
		const call = caller(namespace, options);
		const method = SnapshotsService.list;
		for await (const bytes of serverStream(call, method, {snapshotter, filters: []})) {
			const {info} = decodeAnswer(method.responseDeserialize, bytes, contextOf(call, method.path));
			yield info.map(one => toSnapshot(namespace, snapshotter, one));
		}
	},

	async stat(namespace, snapshotter, key, options) {
		const {info} = await unary(caller(namespace, options), SnapshotsService.stat, {snapshotter, key});
		return toSnapshot(namespace, snapshotter, info);
	},

	async usage(namespace, snapshotter, key, options) {
		const {size, inodes} = await unary(caller(namespace, options), SnapshotsService.usage, {snapshotter, key});
		return {sizeBytes: size, inodes};
	},

	async mounts(namespace, snapshotter, key, options) {
		const {mounts} = await unary(caller(namespace, options), SnapshotsService.mounts, {snapshotter, key});
		return mounts;
	},

	async prepare(namespace, snapshotter, {key, parent, labels}, options) {
		const request = {snapshotter, key, parent, labels: {...labels}};
		const {mounts} = await unary(caller(namespace, options, slowMs), SnapshotsService.prepare, request);
		return mounts;
	},

	async view(namespace, snapshotter, {key, parent, labels}, options) {
		const request = {snapshotter, key, parent, labels: {...labels}};
		const {mounts} = await unary(caller(namespace, options, slowMs), SnapshotsService.view, request);
		return mounts;
	},

	async commit(namespace, snapshotter, name, key, options) {
		const request = {snapshotter, name, key, labels: {...options?.labels}, parent: ''};
		await unary(caller(namespace, options, slowMs), SnapshotsService.commit, request);
	},

	async update(namespace, snapshot, fieldPaths, options) {
		const request = {snapshotter: snapshot.snapshotter, info: toInfo(snapshot), updateMask: fieldPaths === undefined ? undefined : [...fieldPaths]};
		const {info} = await unary(caller(namespace, options), SnapshotsService.update, request);
		return toSnapshot(namespace, snapshot.snapshotter, info);
	},

	async remove(namespace, snapshotter, key, options) {
		await unary(caller(namespace, options, slowMs), SnapshotsService.remove, {snapshotter, key});
	},

	async cleanup(namespace, snapshotter, options) {
		await unary(caller(namespace, options, slowMs), SnapshotsService.cleanup, {snapshotter});
	},
});

import {status} from '@grpc/grpc-js';
import {SnapshotCommit, SnapshotPrepare, SnapshotRemove} from '../../../source/protocol/generated/event-messages.ts';
import {type Info, Kind, type SnapshotsService} from '../../../source/protocol/generated/snapshots.ts';
import type {Mount} from '../../../source/protocol/generated/types.ts';
import {fieldsOf, matcher} from './filters.ts';
import {alreadyExists, type Context, type Handlers, notFound, refusal} from './serve.ts';
import {type FakeSnapshot, maskedLabels, payload, type State} from './state.ts';

type Request = {readonly snapshotter: string; readonly key: string; readonly parent: string; readonly labels: Record<string, string>};

const kindNames: Readonly<Record<number, string>> = {[Kind.VIEW]: 'view', [Kind.ACTIVE]: 'active', [Kind.COMMITTED]: 'committed'};

const lookup = ({name, parent, kind, labels}: Info) => fieldsOf({name, parent, kind: kindNames[kind] ?? ''}, labels);

const mountsOf = (snapshotter: string, {info}: FakeSnapshot): Mount[] => [
	{type: 'bind', source: `/fake/${snapshotter}/${info.name}/fs`, target: '', options: ['rbind', info.kind === Kind.VIEW ? 'ro' : 'rw']},
];

export const snapshotHandlers = (state: State): Handlers<SnapshotsService> => {
	const all = ({namespace}: Context, snapshotter: string): ReadonlyMap<string, FakeSnapshot> => {
		const known = state.plugins.some(({type, id, initErr}) => type === 'io.containerd.snapshotter.v1' && id === snapshotter && initErr === undefined);
		if (!known) throw refusal(status.INVALID_ARGUMENT, `snapshotter not loaded: ${snapshotter}: invalid argument`);
		return state.peek(namespace).snapshots.get(snapshotter) ?? new Map<string, FakeSnapshot>();
	};

	const find = (context: Context, snapshotter: string, key: string): FakeSnapshot => {
		const found = all(context, snapshotter).get(key);
		if (found === undefined) throw notFound(`snapshot ${key} does not exist`);
		return found;
	};

	const store = ({namespace}: Context, snapshotter: string): Map<string, FakeSnapshot> => {
		const {snapshots} = state.space(namespace);
		const found = snapshots.get(snapshotter) ?? new Map<string, FakeSnapshot>();
		snapshots.set(snapshotter, found);
		return found;
	};

	const make = ({snapshotter, key, parent, labels}: Request, kind: Kind, context: Context): Mount[] => {
		if (all(context, snapshotter).has(key)) throw alreadyExists(`snapshot ${JSON.stringify(key)}`);
		if (parent !== '' && find(context, snapshotter, parent).info.kind !== Kind.COMMITTED) {
			throw refusal(status.INVALID_ARGUMENT, `parent ${JSON.stringify(parent)} is not committed snapshot: invalid argument`);
		}

		const snapshot = {info: {name: key, parent, kind, labels, createdAt: state.now(), updatedAt: state.now()}, size: 4096, inodes: 1};
		store(context, snapshotter).set(key, snapshot);
		state.publish(context.namespace, '/snapshot/prepare', payload('containerd.events.SnapshotPrepare', SnapshotPrepare, {key, parent, snapshotter}));
		return mountsOf(snapshotter, snapshot);
	};

	return {
		prepare: (request, context) => ({mounts: make(request, Kind.ACTIVE, context)}),
		view: (request, context) => ({mounts: make(request, Kind.VIEW, context)}),
		mounts: ({snapshotter, key}, context) => ({mounts: mountsOf(snapshotter, find(context, snapshotter, key))}),
		commit: ({snapshotter, name, key, labels}, context) => {
			const active = find(context, snapshotter, key);
			if (active.info.kind !== Kind.ACTIVE) throw refusal(status.FAILED_PRECONDITION, `snapshot ${key} is not active: failed precondition`);
			const snapshots = store(context, snapshotter);
			if (snapshots.has(name)) throw alreadyExists(`snapshot ${JSON.stringify(name)}`);
			snapshots.delete(key);
			snapshots.set(name, {...active, info: {...active.info, name, kind: Kind.COMMITTED, labels, updatedAt: state.now()}});
			state.publish(context.namespace, '/snapshot/commit', payload('containerd.events.SnapshotCommit', SnapshotCommit, {key, name, snapshotter}));
			return {};
		},
		remove: ({snapshotter, key}, context) => {
			find(context, snapshotter, key);
			const snapshots = store(context, snapshotter);
			if ([...snapshots.values()].some(({info}) => info.parent === key)) {
				throw refusal(status.FAILED_PRECONDITION, 'cannot remove snapshot with child: failed precondition');
			}

			snapshots.delete(key);
			state.publish(context.namespace, '/snapshot/remove', payload('containerd.events.SnapshotRemove', SnapshotRemove, {key, snapshotter}));
			return {};
		},
		stat: ({snapshotter, key}, context) => ({info: find(context, snapshotter, key).info}),
		update: ({snapshotter, info, updateMask}, context) => {
			const old = find(context, snapshotter, info?.name ?? '');
			const made = {...old, info: {...old.info, labels: maskedLabels(old.info.labels, info!.labels, updateMask), updatedAt: state.now()}};
			store(context, snapshotter).set(made.info.name, made);
			return {info: made.info};
		},
		async *list({snapshotter, filters}, context) {
			const matches = matcher(filters);
			const infos = [...all(context, snapshotter).values()].map(({info}) => info).filter(info => matches(lookup(info)));
			// A hundred to a message, as containerd does.
			for (let start = 0; start < infos.length; start += 100) yield {info: infos.slice(start, start + 100)};
		},
		usage: ({snapshotter, key}, context) => {
			const {size, inodes} = find(context, snapshotter, key);
			return {size, inodes};
		},
		cleanup: ({snapshotter}, context) => {
			all(context, snapshotter);
			throw refusal(status.UNIMPLEMENTED, 'snapshotter does not implement Cleanup method: not implemented');
		},
	};
};

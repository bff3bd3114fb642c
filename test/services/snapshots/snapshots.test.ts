import {describe, expect, test} from 'vitest';
import {Failure, isFailure, sentence} from '../../../source/errors.ts';
import type {Container} from '../../../source/model/container.ts';
import type {Plugin, Snapshot} from '../../../source/model/snapshot.ts';
import {createSnapshots, type SnapshotsDependencies} from '../../../source/services/snapshots/index.ts';
import {failureOf} from '../containers/record.ts';

const snapshot = (key: string, parent = '', changes: Partial<Snapshot> = {}): Snapshot => ({
	namespace: 'ns',
	snapshotter: 'overlayfs',
	key,
	parent,
	kind: key.startsWith('active') ? 'active' : 'committed',
	labels: {},
	createdAt: 1,
	updatedAt: 1,
	...changes,
});

const plugin = (id: string, changes: Partial<Plugin> = {}): Plugin => ({
	type: 'io.containerd.snapshotter.v1',
	id,
	exports: {},
	capabilities: [],
	platforms: [],
	initError: undefined,
	...changes,
});

const tree = [snapshot('bottom'), snapshot('top', 'bottom'), snapshot('active', 'top'), snapshot('leaf', 'bottom')];
const users = [
	{namespace: 'ns', id: 'web', snapshotter: 'overlayfs', snapshotKey: 'active'},
	{namespace: 'ns', id: 'other', snapshotter: 'native', snapshotKey: 'top'},
];

const scene = ({all = tree, plugins = []}: {readonly all?: readonly Snapshot[]; readonly plugins?: readonly Plugin[]} = {}) => {
	const calls: string[] = [];
	let current = 0;
	let most = 0;
	const containerd = {
		plugins: async () => plugins,
		containers: {
			async *list() {
				yield users as unknown as readonly Container[];
			},
		},
		snapshots: {
			async *list() {
				yield all.slice(0, 2);
				yield all.slice(2);
			},
			usage: async (_: string, __: string, key: string) => {
				calls.push(`usage ${key}`);
				most = Math.max(most, ++current);
				await new Promise(resolve => void setImmediate(resolve));
				current--;
				return {sizeBytes: 10, inodes: 1};
			},
			mounts: async () => [{type: 'overlay', source: 'overlay', target: '', options: []}],
			remove: async (_: string, __: string, key: string) => void calls.push(`remove ${key}`),
		},
	};
	return {calls, containerd, snapshots: createSnapshots({containerd} as unknown as SnapshotsDependencies), most: () => most};
};

describe('snapshotters', () => {
	test('the healthy first, and what is a proxy', async () => {
		const {snapshots} = scene({
			plugins: [
				plugin('zfs', {initError: {code: 2, message: 'path must be a zfs filesystem: skip plugin: invalid'}}),
				plugin('stargz', {exports: {address: '/run/stargz.sock'}}),
				plugin('overlayfs', {exports: {root: '/var'}}),
				plugin('nydus'),
				plugin('devmapper', {initError: {code: 2, message: 'devmapper not configured'}}),
				plugin('btrfs', {initError: {code: 9, message: 'declined'}}),
				plugin('bolt', {type: 'io.containerd.metadata.v1'}),
			],
		});
		expect((await snapshots.snapshotters()).map(({name, kind, health}) => [name, kind, health])).toEqual([
			['nydus', 'proxy', 'ok'],
			['overlayfs', 'builtin', 'ok'],
			['stargz', 'proxy', 'ok'],
			['devmapper', 'builtin', 'error'],
			['btrfs', 'builtin', 'skipped'],
			['zfs', 'builtin', 'skipped'],
		]);
	});
});

describe('totals', () => {
	test('walk a few at a time, and a committed one only once', async () => {
		const all = [...Array.from({length: 20}, (_, index) => snapshot(`c${index}`)), snapshot('active')];
		const {calls, most, snapshots} = scene({all});
		expect(await snapshots.totals('ns', 'overlayfs')).toEqual({count: 21, sizeBytes: 210});
		expect(calls).toHaveLength(21);
		expect(most()).toBe(4);
		calls.length = 0;
		expect(await snapshots.totals('ns', 'overlayfs')).toEqual({count: 21, sizeBytes: 210});
		expect(calls).toEqual(['usage active']);
	});

	test('one that was removed meanwhile counts nothing; any other failure is told', async () => {
		const {containerd, snapshots} = scene();
		Object.assign(containerd.snapshots, {usage: async () => Promise.reject(new Failure('not-found', 'gone'))});
		expect(await snapshots.totals('ns', 'overlayfs')).toEqual({count: 4, sizeBytes: 0});
		Object.assign(containerd.snapshots, {usage: async () => Promise.reject(new Failure('internal', 'disk'))});
		expect(sentence(await failureOf(snapshots.totals('ns', 'overlayfs')))).toBe('Could not add up the snapshots of overlayfs: disk');
	});
});

describe('inspect', () => {
	test('an active one has mounts, a chain and its container', async () => {
		const details = await scene().snapshots.inspect(tree[2]!);
		expect(details.chain.map(each => each.key)).toEqual(['active', 'top', 'bottom']);
		expect(details).toMatchObject({usage: {sizeBytes: 10}, mounts: [{type: 'overlay'}], usedBy: [{namespace: 'ns', id: 'web'}]});
	});

	test('a committed one has no mounts and is used by what stands on it', async () => {
		const {snapshots} = scene();
		expect(await snapshots.inspect(tree[0]!)).toMatchObject({mounts: [], usedBy: [{namespace: 'ns', id: 'web'}]});
		expect((await snapshots.inspect(tree[3]!)).usedBy).toEqual([]);
	});

	test('a snapshotter that does not count', async () => {
		const {containerd, snapshots} = scene();
		Object.assign(containerd.snapshots, {usage: async () => Promise.reject(new Failure('unsupported', 'no'))});
		expect((await snapshots.inspect(tree[0]!)).usage).toBeUndefined();
	});

	test('parents that run in a circle end', async () => {
		const circle = [snapshot('a', 'b'), snapshot('b', 'a')];
		expect((await scene({all: circle}).snapshots.inspect(circle[0]!)).chain.map(each => each.key)).toEqual(['a', 'b']);
	});
});

describe('remove', () => {
	test.each([
		[tree[0]!, 'Could not remove snapshot bottom: 2 snapshots stand on it (top) — remove what stands on it first'],
		[tree[1]!, 'Could not remove snapshot top: a snapshot stands on it (active) — remove what stands on it first'],
		[tree[2]!, 'Could not remove snapshot active: container web uses it — remove the container first'],
	])('$key is refused', async (given, expected) => {
		const {calls, snapshots} = scene();
		const failure = await failureOf(snapshots.remove(given));
		expect([isFailure(failure, 'conflict'), sentence(failure)]).toEqual([true, expected]);
		expect(calls).toEqual([]);
	});

	test('a leaf that nobody uses goes', async () => {
		const {calls, snapshots} = scene();
		await snapshots.remove(tree[3]!);
		expect(calls).toEqual(['remove leaf']);
	});
});

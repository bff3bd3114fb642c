import {describe, expect, test} from 'vitest';
import {Failure, isFailure, sentence} from '../../../source/errors.ts';
import type {Namespace} from '../../../source/model/namespace.ts';
import {createNamespaces} from '../../../source/services/namespaces/index.ts';
import type {RemoveDependencies} from '../../../source/services/namespaces/remove.ts';
import {failureOf} from '../containers/record.ts';

type Contents = {
	readonly containers?: number;
	readonly images?: number;
	readonly snapshots?: number;
	readonly volumes?: readonly string[];
	readonly snapshotsFail?: Error;
};

const scene = ({containers = 0, images = 0, snapshots = 0, volumes = [], snapshotsFail}: Contents = {}) => {
	const calls: unknown[] = [];
	async function* batches(count: number) {
		if (count > 0) yield Array.from({length: count}, () => ({}));
	}
	const plugin = (id: string, initError?: object) => ({
		type: 'io.containerd.snapshotter.v1',
		id,
		exports: {},
		capabilities: [],
		platforms: [],
		initError,
	});
	const containerd = {
		plugins: async () => [plugin('overlayfs'), plugin('zfs', {code: 9, message: 'skip plugin'})],
		containers: {list: () => batches(containers)},
		images: {list: async () => Array.from({length: images}, () => ({}))},
		snapshots: {
			async *list(_: string, snapshotter: string) {
				calls.push(snapshotter);
				if (snapshotsFail !== undefined) throw snapshotsFail;
				yield* batches(snapshots);
			},
		},
		namespaces: {
			list: async () => [{name: 'a', labels: {}}],
			get: async (name: string) => ({name, labels: {tier: 'one'}}),
			create: async (namespace: Namespace) => {
				calls.push(namespace);
				return namespace;
			},
			setLabels: async (name: string, labels: object) => {
				calls.push([name, labels]);
				return {name, labels: {}};
			},
			remove: async (name: string) => void calls.push(`remove ${name}`),
		},
	};
	const namespaces = createNamespaces({containerd, host: {volumes: async () => volumes}} as unknown as RemoveDependencies);
	return {calls, containerd, namespaces};
};

/** One of each, gone when it is removed. */
const stocked = () => {
	const calls: string[] = [];
	const gone = async (text: string) => void calls.push(text);
	const dependencies = {
		host: {volumes: async () => ['v']},
		removeContainer: (ref: {id: string}, {force, volumes}: {force: boolean; volumes: boolean}) => gone(`container ${ref.id}${force ? ' force' : ''}${volumes ? ' volumes' : ''}`),
		listVolumes: async () => [{name: 'v'}],
		removeVolume: (_: string, name: string) => gone(`volume ${name}`),
		containerd: {
			plugins: async () => [{type: 'io.containerd.snapshotter.v1', id: 'overlayfs', exports: {}, capabilities: [], platforms: [], initError: undefined}],
			namespaces: {get: async (name: string) => ({name, labels: {}}), remove: (name: string) => gone(`remove ${name}`)},
			containers: {
				async *list() {
					yield [{id: 'c'}];
				},
			},
			images: {list: async () => [{name: 'i'}], remove: (_: string, name: string) => gone(`image ${name}`)},
			leases: {list: async () => [{id: 'l'}], remove: (_: string, id: string, {sync}: {sync: boolean}) => gone(`lease ${id}${sync ? ' sync' : ''}`)},
			snapshots: {
				async *list() {
					yield [
						{key: 'root', parent: ''},
						{key: 'leaf', parent: 'middle'},
						{key: 'middle', parent: 'root'},
					];
				},
				remove: (_: string, __: string, key: string) => gone(`snapshot ${key}`),
			},
			content: {
				async *list() {
					yield [{digest: 'd'}];
				},
				remove: (_: string, digest: string) => gone(`content ${digest}`),
			},
		},
	};
	return {calls, namespaces: createNamespaces(dependencies as unknown as RemoveDependencies)};
};

describe('namespaces', () => {
	test('inspect counts what is in it, asking only healthy snapshotters', async () => {
		const {calls, namespaces} = scene({containers: 2, images: 3, snapshots: 4, volumes: ['v']});
		expect(await namespaces.inspect('a')).toEqual({
			namespace: {name: 'a', labels: {tier: 'one'}},
			containers: 2,
			images: 3,
			snapshots: 4,
			volumes: 1,
		});
		expect(calls).toEqual(['overlayfs']);
	});

	test('a snapshotter that does not answer hides its snapshots only', async () => {
		const {namespaces} = scene({images: 1, snapshotsFail: new Failure('unavailable', 'down')});
		expect(await namespaces.inspect('a')).toMatchObject({images: 1, snapshots: 0});
	});

	test.each([
		[{containers: 1}, 'it holds 1 container — '],
		[{containers: 2, images: 1, snapshots: 3, volumes: ['v', 'w']}, 'it holds 2 containers, 1 image, 3 snapshots, 2 volumes — '],
		[{volumes: ['v']}, 'it holds 1 volume — '],
	])('one that holds %j is not removed', async (contents, expected) => {
		const {calls, namespaces} = scene(contents);
		expect(sentence(await failureOf(namespaces.remove('a')))).toBe(`Could not remove namespace a: ${expected}remove these first`);
		expect(calls).not.toContain('remove a');
	});

	test('with its contents, everything goes in the order of need, the leaves of the snapshots first', async () => {
		const {calls, namespaces} = stocked();
		await namespaces.remove('a', {contents: true});
		expect(calls).toEqual([
			...['container c force volumes', 'volume v', 'image i', 'lease l sync', 'snapshot leaf', 'snapshot middle', 'snapshot root', 'content d', 'remove a'],
		]);
	});

	test.each([
		['moby', "what is in it is dockerd's — remove it with dockerd's own tools"],
		['buildkit_history', "what is in it is buildkitd's — remove it with buildkitd's own tools"],
	])('%s keeps its contents, whatever was agreed to', async (name, reason) => {
		const {calls, namespaces} = stocked();
		expect(sentence(await failureOf(namespaces.remove(name, {contents: true})))).toBe(`Could not remove namespace ${name}: ${reason}`);
		expect(calls).toEqual([]);
	});

	test('an empty one is removed', async () => {
		const {calls, namespaces} = scene();
		await namespaces.remove('a');
		expect(calls.at(-1)).toBe('remove a');
	});

	test('create, update, list', async () => {
		const {calls, containerd, namespaces} = scene();
		await namespaces.create('team.one', {labels: {a: 'b'}});
		await namespaces.update('team.one', {a: undefined});
		expect(calls).toEqual([{name: 'team.one', labels: {a: 'b'}}, ['team.one', {a: undefined}]]);
		for (const name of ['', '../x', 'a/b', '-a', 'a'.repeat(77)])
			expect(isFailure(await failureOf(namespaces.create(name)), 'invalid')).toBe(true);
		expect(await namespaces.list()).toHaveLength(1);
		Object.assign(containerd.namespaces, {list: async () => Promise.reject(new Failure('unavailable', 'down'))});
		expect(sentence(await failureOf(namespaces.list()))).toBe('Could not list the namespaces: down');
	});
});

import {describe, expect, test} from 'vitest';
import {Failure, isFailure, messageOf, sentence} from '../../../source/errors.ts';
import type {Image} from '../../../source/model/image.ts';
import {find} from '../../../source/services/images/find.ts';
import {isDangling, prune} from '../../../source/services/images/prune.ts';
import {remove} from '../../../source/services/images/remove.ts';
import {tag} from '../../../source/services/images/tag.ts';
import {failureOf} from '../containers/record.ts';
import {imageWith, usersIn} from './store.ts';

const target = {mediaType: 'm', digest: `sha256:${'ab'.repeat(32)}`, sizeBytes: 1, annotations: {}};
const image = imageWith(target);

const scene = (users: ReturnType<typeof usersIn> = usersIn([]), existing: readonly string[] = []) => {
	const calls: string[] = [];
	const containerd = {
		...users,
		images: {
			list: async (): Promise<readonly Image[]> => existing.map(name => imageWith(target, {name})),
			create: async (created: Image) => {
				calls.push(`create ${created.name}`);
				if (existing.includes(created.name)) throw new Failure('already-exists', 'exists');
				return created;
			},
			update: async (updated: Image, fields?: readonly string[]) => {
				calls.push(`update ${updated.name} ${fields?.join()}`);
				return updated;
			},
			remove: async (_: string, name: string, options?: {readonly sync?: boolean}) =>
				void calls.push(`remove ${name}${options?.sync ? ' sync' : ''}`),
		},
	};
	return {calls, containerd};
};

describe('remove', () => {
	const exited = usersIn([{id: 'c'.repeat(64), image: image.name}], [{containerId: 'c'.repeat(64), status: 'stopped'}]);
	const running = usersIn(
		[
			{id: 'c'.repeat(64), image: image.name},
			{id: 'd', image: image.name},
		],
		[{containerId: 'c'.repeat(64), status: 'running'}],
	);
	test.each([
		['an unused one, waiting for the collector', usersIn([]), {}, ['remove docker.io/lab/x:1 sync']],
		['without waiting', usersIn([]), {async: true}, ['remove docker.io/lab/x:1']],
		['one of another image’s containers', usersIn([{id: 'c', image: 'docker.io/lab/y:1'}]), {}, ['remove docker.io/lab/x:1 sync']],
		['an exited container’s, by force', exited, {force: true}, ['remove docker.io/lab/x:1 sync']],
		['a running container’s, by force: its content stays', running, {force: true}, ['create :', 'remove docker.io/lab/x:1 sync']],
	] as const)('%s', async (_, users, options, expected) => {
		const {calls, containerd} = scene(users);
		await remove({containerd}, image, options);
		expect(calls).toEqual(expected);
	});

	test('the placeholder may be taken', async () => {
		const {calls, containerd} = scene(running, [':']);
		await remove({containerd}, image, {force: true});
		expect(calls).toEqual(['create :', `create <none>@${target.digest}`, 'remove docker.io/lab/x:1 sync']);
	});

	test.each([
		[
			exited,
			'Could not remove docker.io/lab/x:1: stopped container cccccccccccc uses it — remove the container first, or force the removal',
		],
		[
			running,
			'Could not remove docker.io/lab/x:1: running container cccccccccccc uses it, and 1 more — remove the container first, or force the removal',
		],
	])('is refused while in use', async (users, expected) => {
		const {calls, containerd} = scene(users);
		expect(sentence(await failureOf(remove({containerd}, image)))).toBe(expected);
		expect(calls).toEqual([]);
	});
});

test('tag normalizes, and moves a name that is there', async () => {
	const {calls, containerd} = scene(usersIn([]), ['docker.io/library/there:latest']);
	expect((await tag({containerd}, image, 'fresh')).name).toBe('docker.io/library/fresh:latest');
	expect((await tag({containerd}, image, 'there')).target).toBe(target);
	expect(calls).toEqual([
		'create docker.io/library/fresh:latest',
		'create docker.io/library/there:latest',
		'update docker.io/library/there:latest target,labels',
	]);
	expect(isFailure(await failureOf(tag({containerd}, image, 'UPPER')), 'invalid')).toBe(true);
});

describe('find', () => {
	const configName = `sha256:cd${'0'.repeat(62)}`;
	const stored = ['docker.io/library/busybox:latest', 'docker.io/library/abba:latest', ':', configName].map(name => imageWith(target, {name}));
	const asked: Array<readonly string[]> = [];
	const containerd = {
		images: {
			list: async (_: string, options?: {readonly filters?: readonly string[]}) => {
				asked.push(options?.filters ?? []);
				const filters = options?.filters ?? [];
				const byDigest = filters.find(filter => filter.startsWith('target.digest'));
				const byName = filters.find(filter => filter.startsWith('name~='));
				return stored.filter(
					({name}) =>
						filters.includes(`name==${JSON.stringify(name)}`) ||
						byDigest?.includes('sha256:ab') === true ||
						(byName?.includes('sha256:cd') === true && name === configName),
				);
			},
		},
	};

	test.each([
		['busybox', ['docker.io/library/busybox:latest']],
		['docker.io/library/busybox:latest', ['docker.io/library/busybox:latest']],
		[':', [':']],
		['abab', stored.map(each => each.name)],
		['sha256:abab', stored.map(each => each.name)],
		['cd00', [configName]],
		['abba', ['docker.io/library/abba:latest']],
		['nothing', []],
	])('%s', async (reference, expected) => {
		expect((await find({containerd}, 'ns', reference)).map(each => each.name)).toEqual(expected);
	});

	test('what is typed can not change the filter', async () => {
		await find({containerd}, 'ns', 'x",name~="');
		expect(asked.at(-1)).toEqual(['name=="x\\",name~=\\""']);
	});
});

describe('prune', () => {
	const names = ['docker.io/lab/used:1', 'docker.io/lab/free:1', ':', `<none>@${target.digest}`];
	const users = usersIn([{id: 'c', image: 'docker.io/lab/used:1'}]);
	test.each([
		[{}, [':', `<none>@${target.digest}`]],
		[{all: true}, ['docker.io/lab/free:1', ':', `<none>@${target.digest}`]],
	])('%j', async (options, expected) => {
		expect(await prune(scene(users, names), 'ns', options)).toEqual({done: expected, failed: []});
	});

	test('one failure does not stop the rest', async () => {
		const {containerd} = scene(users, names);
		Object.assign(containerd.images, {
			remove: async (_: string, name: string) => (name === ':' ? Promise.reject(new Failure('timeout', 'slow')) : undefined),
		});
		const outcome = await prune({containerd}, 'ns');
		expect(outcome.done).toEqual([`<none>@${target.digest}`]);
		expect(messageOf(outcome.failed[0]?.error)).toBe('Could not remove :: slow');
	});
});

test.each([
	[':', true],
	[`<none>@${target.digest}`, true],
	[`overlayfs@${target.digest}`, true],
	[`docker.io/lab/x@${target.digest}`, false],
	[target.digest, false],
	['docker.io/lab/x:1', false],
])('%s is dangling: %s', (name, expected) => {
	expect(isDangling(name)).toBe(expected);
});

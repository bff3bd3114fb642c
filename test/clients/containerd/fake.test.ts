import {afterEach, beforeEach, describe, expect, it} from 'vitest';
import {createContainerd} from '../../../source/clients/containerd/index.ts';
import type {Containerd} from '../../../source/clients/containerd/types.ts';
import {buildImage} from '../../../scripts/lab/image.ts';
import {bytesOf, collect} from '../../contract/subject.ts';
import {type FakeContainerd, startFakeContainerd} from '../../fakes/containerd.ts';

/** What the contract can't ask of a real daemon, because only the fake can be told to do it. */
describe('the fake containerd', () => {
	let fake: FakeContainerd;
	let containerd: Containerd;

	beforeEach(async () => {
		fake = await startFakeContainerd();
		containerd = createContainerd({address: fake.address});
	});

	afterEach(async () => {
		containerd.close();
		await fake.stop();
	});

	it('lets containers come and go as if another program made them', async () => {
		const kinds: string[] = [];
		const live = (): void => {
			fake.disappear(fake.appear({id: 'theirs'}));
		};

		for await (const {kind} of containerd.events({onSubscribed: live})) {
			kinds.push(kind);
			if (kind === 'container-deleted') break;
		}

		expect(kinds).toEqual(['container-created', 'task-created', 'task-started', 'task-exited', 'task-deleted', 'container-deleted']);
		await expect(collect(containerd.containers.list('default'))).resolves.toEqual([]);
	});

	it('holds built images with their layers', async () => {
		const layers = [
			{createdBy: 'ADD a', entries: [{kind: 'file', path: 'a', content: 'a'}]},
			{createdBy: 'ADD b', entries: [{kind: 'file', path: 'b', content: 'b'}]},
		] as const;
		const image = buildImage('registry.test/two:1', layers);
		fake.loadImage(image);
		const {target} = await containerd.images.get('default', 'registry.test/two:1');
		const manifest = JSON.parse(Buffer.from(await containerd.content.readAll('default', target.digest)).toString()) as {layers: Array<{digest: string}>};
		expect(manifest.layers).toHaveLength(2);
		expect((await bytesOf(containerd.content.read('default', manifest.layers[0]!.digest))).equals(image.layers[0]!.bytes)).toBe(true);
		const top = await containerd.snapshots.stat('default', 'overlayfs', image.layers[1]!.chainId);
		expect(top).toMatchObject({kind: 'committed', parent: image.layers[0]!.chainId});
	});

	it('moves its counters', async () => {
		const ref = fake.addContainer({id: 'busy', usage: {cpu: 4, memoryBytes: 50_000_000, memoryLimitBytes: 100_000_000}});
		const [before] = await containerd.tasks.metrics('default');
		expect(before).toMatchObject({containerId: 'busy', memoryBytes: 50_000_000, memoryLimitBytes: 100_000_000});
		await expect.poll(async () => (await containerd.tasks.metrics('default'))[0]?.cpuNanoseconds).toBeGreaterThan(before!.cpuNanoseconds);
		fake.setUsage(ref, {memoryBytes: 60_000_000});
		expect((await containerd.tasks.metrics('default'))[0]?.memoryBytes).toBe(60_000_000);
	});

	it('fails as often as it was told to', async () => {
		fake.fail('Version.*', {kind: 'fail', code: 13, message: 'twice', times: 2});
		await expect(containerd.version()).rejects.toThrow('twice');
		await expect(containerd.version()).rejects.toThrow('twice');
		await expect(containerd.version()).resolves.toMatchObject({revision: 'fake'});
	});

	it('breaks a list in the middle', async () => {
		for (let index = 0; index < 5000; index += 1) fake.addContainer({id: `c${index}`});
		const read = async (): Promise<void> => {
			for await (const _batch of containerd.containers.list('default')) fake.dropStreams('Containers.ListStream');
		};

		await expect(read()).rejects.toMatchObject({code: 'unavailable'});
	});
});

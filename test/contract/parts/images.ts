import {expect, it} from 'vitest';
import type {Image} from '../../../source/model/image.ts';
import type {Bench} from '../subject.ts';

const digest = (letter: string): string => `sha256:${letter.repeat(64)}`;

const image = (namespace: string, name: string, letter = 'a'): Image => ({
	...{namespace, name, labels: {team: 'x'}, createdAt: 0, updatedAt: 0},
	target: {mediaType: 'application/vnd.oci.image.index.v1+json', digest: digest(letter), sizeBytes: 12, annotations: {}},
});

export const imagesPart = (bench: () => Bench): void => {
	it('creates, reads and lists', async () => {
		const {containerd: {images}, namespace} = bench();
		const made = await images.create(image(namespace, 'registry.test/a:1'));
		expect(made).toMatchObject({name: 'registry.test/a:1', labels: {team: 'x'}, target: {digest: digest('a'), sizeBytes: 12}});
		expect(made.createdAt).toBeGreaterThan(Date.now() - 60_000);
		await expect(images.get(namespace, 'registry.test/a:1')).resolves.toEqual(made);
		await images.create(image(namespace, 'registry.test/b:1', 'b'));
		expect((await images.list(namespace)).map(({name}) => name).sort()).toEqual(['registry.test/a:1', 'registry.test/b:1']);
		const filtered = await images.list(namespace, {filters: [`target.digest==${digest('b')}`]});
		expect(filtered.map(({name}) => name)).toEqual(['registry.test/b:1']);
	});

	it('updates the target and single labels', async () => {
		const {containerd: {images}, namespace} = bench();
		const moved = await images.update(image(namespace, 'registry.test/a:1', 'c'), ['target']);
		expect(moved.target.digest).toBe(digest('c'));
		expect(moved.labels).toEqual({team: 'x'});
		const labelled = await images.update({...moved, labels: {more: 'y'}}, ['labels.more']);
		expect(labelled.labels).toEqual({team: 'x', more: 'y'});
	});

	it('removes and says what is missing', async () => {
		const {containerd: {images}, namespace} = bench();
		await expect(images.create(image(namespace, 'registry.test/a:1'))).rejects.toMatchObject({code: 'already-exists'});
		await images.remove(namespace, 'registry.test/a:1', {sync: true});
		await images.remove(namespace, 'registry.test/b:1');
		await expect(images.get(namespace, 'registry.test/a:1')).rejects.toMatchObject({code: 'not-found', message: expect.stringContaining('registry.test/a:1')});
		await expect(images.list(namespace)).resolves.toEqual([]);
	});
};

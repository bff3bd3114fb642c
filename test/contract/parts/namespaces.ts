import {expect, it} from 'vitest';
import {collect, type Bench} from '../subject.ts';

export const namespacesPart = (bench: () => Bench): void => {
	it('creates, labels, lists and removes', async () => {
		const {containerd: {namespaces}, namespace: name} = bench();
		await namespaces.create({name, labels: {first: '1'}});
		await expect(namespaces.get(name)).resolves.toEqual({name, labels: {first: '1'}});
		await namespaces.setLabels(name, {second: '2', first: undefined});
		expect(await namespaces.list()).toContainEqual({name, labels: {second: '2'}});
		await expect(namespaces.create({name, labels: {}})).rejects.toMatchObject({code: 'already-exists'});
		await namespaces.remove(name);
		expect((await namespaces.list()).map(one => one.name)).not.toContain(name);
		await expect(namespaces.remove(name)).rejects.toMatchObject({code: 'not-found'});
		// containerd answers for every name.
		await expect(namespaces.get(name)).resolves.toEqual({name, labels: {}});
	});

	it('refuses to remove one that still holds something', async () => {
		const {containerd, namespace, subject} = bench();
		await subject.makeContainer(containerd, {namespace, id: 'holder'});
		await expect(containerd.namespaces.remove(namespace)).rejects.toMatchObject({code: 'conflict', message: expect.stringContaining('must be empty')});
		await containerd.containers.remove({namespace, id: 'holder'});
	});

	it('keeps them apart', async () => {
		const {containerd, namespace, subject} = bench();
		await subject.makeContainer(containerd, {namespace, id: 'apart'});
		await expect(collect(containerd.containers.list(`${namespace}-other`))).resolves.toEqual([]);
		await expect(containerd.containers.get({namespace: `${namespace}-other`, id: 'apart'})).rejects.toMatchObject({code: 'not-found'});
		await containerd.containers.remove({namespace, id: 'apart'});
	});
};

import {expect, it} from 'vitest';
import {collect, keep, type Bench} from '../subject.ts';

const snapshotter = 'overlayfs';

export const snapshotsPart = (bench: () => Bench): void => {
	it('prepares, commits and builds on what was committed', async () => {
		const {containerd: {snapshots}, namespace} = bench();
		const mounts = await snapshots.prepare(namespace, snapshotter, {key: 'base-active', parent: '', labels: keep});
		expect(mounts).toHaveLength(1);
		await expect(snapshots.mounts(namespace, snapshotter, 'base-active')).resolves.toEqual(mounts);
		await snapshots.commit(namespace, snapshotter, 'base', 'base-active', {labels: keep});
		await expect(snapshots.stat(namespace, snapshotter, 'base')).resolves.toMatchObject({key: 'base', kind: 'committed', parent: '', namespace, snapshotter, labels: keep});
		await expect(snapshots.stat(namespace, snapshotter, 'base-active')).rejects.toMatchObject({code: 'not-found'});
		await snapshots.prepare(namespace, snapshotter, {key: 'work', parent: 'base', labels: keep});
		await snapshots.view(namespace, snapshotter, {key: 'look', parent: 'base', labels: keep});
	});

	it('lists with kinds and parents', async () => {
		const {containerd: {snapshots}, namespace} = bench();
		const listed = await collect(snapshots.list(namespace, snapshotter));
		expect(listed.map(({key, parent, kind}) => ({key, parent, kind})).sort((a, b) => a.key.localeCompare(b.key))).toEqual([
			{key: 'base', parent: '', kind: 'committed'},
			{key: 'look', parent: 'base', kind: 'view'},
			{key: 'work', parent: 'base', kind: 'active'},
		]);
	});

	it('knows what one takes', async () => {
		const {containerd: {snapshots}, namespace} = bench();
		const usage = await snapshots.usage(namespace, snapshotter, 'work');
		expect(usage.inodes).toBeGreaterThan(0);
		expect(usage.sizeBytes).toBeGreaterThanOrEqual(0);
	});

	it('updates labels', async () => {
		const {containerd: {snapshots}, namespace} = bench();
		const before = await snapshots.stat(namespace, snapshotter, 'work');
		await snapshots.update(namespace, {...before, labels: {owner: 'us'}}, ['labels.owner']);
		expect((await snapshots.stat(namespace, snapshotter, 'work')).labels).toEqual({...keep, owner: 'us'});
	});

	it('says what is wrong', async () => {
		const {containerd: {snapshots}, namespace} = bench();
		await expect(snapshots.prepare(namespace, snapshotter, {key: 'work', parent: 'base'})).rejects.toMatchObject({code: 'already-exists'});
		await expect(snapshots.prepare(namespace, snapshotter, {key: 'new', parent: 'absent'})).rejects.toMatchObject({code: 'not-found'});
		await expect(snapshots.remove(namespace, snapshotter, 'base')).rejects.toMatchObject({code: 'conflict', message: expect.stringContaining('child')});
		await expect(snapshots.stat(namespace, snapshotter, 'absent')).rejects.toMatchObject({code: 'not-found'});
		await expect(snapshots.stat(namespace, 'imaginary', 'base')).rejects.toMatchObject({code: 'invalid', message: expect.stringContaining('imaginary')});
		await expect(collect(snapshots.list(namespace, 'imaginary'))).rejects.toMatchObject({code: 'invalid'});
	});

	it('removes from the leaves down, and cleans up', async () => {
		const {containerd: {snapshots}, namespace} = bench();
		for (const key of ['work', 'look', 'base']) await snapshots.remove(namespace, snapshotter, key);
		await expect(collect(snapshots.list(namespace, snapshotter))).resolves.toEqual([]);
		// overlayfs cleans up on removal; those that do it on request are remote ones.
		await expect(snapshots.cleanup(namespace, snapshotter)).rejects.toMatchObject({code: 'unsupported', message: expect.stringContaining('Snapshots.Cleanup')});
	});
};

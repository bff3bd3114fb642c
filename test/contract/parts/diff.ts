import {mkdirSync, readFileSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {expect, it} from 'vitest';
import {keep, type Bench} from '../subject.ts';

const snapshotter = 'overlayfs';
const mediaType = 'application/vnd.oci.image.layer.v1.tar+gzip';

export const diffPart = (bench: () => Bench, isReal: boolean): void => {
	if (!isReal) {
		it('is refused where there are no file systems', async () => {
			const {containerd, namespace} = bench();
			await expect(containerd.diff.create(namespace, [], [])).rejects.toMatchObject({code: 'unsupported', message: expect.stringContaining('Diff.Diff')});
		});
		return;
	}

	it('makes a layer of what was written, and unpacks it elsewhere', async () => {
		const {containerd: {snapshots, diff, content}, namespace} = bench();
		const [source] = await snapshots.prepare(namespace, snapshotter, {key: 'source', parent: '', labels: keep});
		mkdirSync(join(source!.source, 'etc'));
		writeFileSync(join(source!.source, 'etc/hello'), 'from the layer\n');
		const layer = await diff.create(namespace, [], [source!], {mediaType, ref: 'contract-diff', labels: keep});
		expect(layer).toMatchObject({mediaType, digest: expect.stringMatching(/^sha256:/)});
		expect((await content.info(namespace, layer.digest)).sizeBytes).toBe(layer.sizeBytes);

		const [target] = await snapshots.prepare(namespace, snapshotter, {key: 'target', parent: '', labels: keep});
		const applied = await diff.apply(namespace, layer, [target!]);
		expect(applied.mediaType).toBe('application/vnd.oci.image.layer.v1.tar');
		expect(readFileSync(join(target!.source, 'etc/hello'), 'utf8')).toBe('from the layer\n');
		for (const key of ['source', 'target']) await snapshots.remove(namespace, snapshotter, key);
	});

	it('says when the layer is missing', async () => {
		const {containerd: {diff}, namespace} = bench();
		const layer = {mediaType, digest: `sha256:${'0'.repeat(64)}`, sizeBytes: 10, annotations: {}};
		await expect(diff.apply(namespace, layer, [])).rejects.toMatchObject({code: 'not-found'});
	});
};

import type {Containerd} from '../../source/clients/containerd/types.ts';
import {isFailure} from '../../source/errors.ts';
import type {Descriptor} from '../../source/model/image.ts';
import type {Blob, LabImage} from './image.ts';
import {withLease} from './lease.ts';

const descriptor = ({mediaType, digest, bytes}: Blob): Descriptor => ({mediaType, digest, sizeBytes: bytes.length, annotations: {}});

/** Layers, snapshots and content are shared between images: what is there already is what we wanted. */
const unlessThere = async (work: Promise<unknown>): Promise<void> => {
	try {
		await work;
	} catch (error) {
		if (!isFailure(error, 'already-exists')) throw error;
	}
};

type Target = {readonly containerd: Containerd; readonly namespace: string; readonly snapshotter: string; readonly lease: string};

const writeBlob = async ({containerd, namespace, lease}: Target, blob: Blob, labels: Readonly<Record<string, string>>): Promise<void> => {
	const content = {ref: `lab-${blob.digest}`, totalBytes: blob.bytes.length, expected: blob.digest, labels};
	await unlessThere(containerd.content.write(namespace, content, [blob.bytes], {lease}));
};

const unpackLayer = async ({containerd, namespace, snapshotter, lease}: Target, layer: LabImage['layers'][number], parent: string): Promise<void> => {
	const key = `extract-${process.pid}-${layer.chainId}`;
	// The committed name goes along on Prepare: a remote snapshotter may answer that it has the layer without any bytes.
	const prepared = {key, parent, labels: {'containerd.io/snapshot.ref': layer.chainId}};
	const mounts = await containerd.snapshots.prepare(namespace, snapshotter, prepared, {lease});
	await containerd.diff.apply(namespace, descriptor(layer), mounts, {lease});
	await containerd.snapshots.commit(namespace, snapshotter, layer.chainId, key, {lease});
};

const hasSnapshot = async ({containerd, namespace, snapshotter}: Target, key: string): Promise<boolean> => {
	try {
		await containerd.snapshots.stat(namespace, snapshotter, key);
		return true;
	} catch (error) {
		if (isFailure(error, 'not-found')) return false;
		throw error;
	}
};

/** The key of the snapshot that a container of this image starts from. */
export const topChainId = (image: LabImage): string => image.layers.at(-1)!.chainId;

const importUnderLease = async (target: Target, image: LabImage): Promise<void> => {
	const {containerd, namespace, snapshotter, lease} = target;
	for (const layer of image.layers) await writeBlob(target, layer, {'containerd.io/uncompressed': layer.diffId});
	await writeBlob(target, image.config, {[`containerd.io/gc.ref.snapshot.${snapshotter}`]: topChainId(image)});
	await writeBlob(
		target,
		image.manifest,
		Object.fromEntries([
			['containerd.io/gc.ref.content.config', image.config.digest],
			...image.layers.map((layer, index) => [`containerd.io/gc.ref.content.l.${index}`, layer.digest]),
		]),
	);
	for (const [index, layer] of image.layers.entries()) {
		if (!(await hasSnapshot(target, layer.chainId))) await unpackLayer(target, layer, image.layers[index - 1]?.chainId ?? '');
	}

	const now = Date.now();
	await unlessThere(
		containerd.images.create({namespace, name: image.name, labels: {}, target: descriptor(image.manifest), createdAt: now, updatedAt: now}, {lease}),
	);
};

/**
Put an image into containerd and unpack it, as a pull does: content with the labels the garbage collector follows, a snapshot per
chain ID, and the name last, so that no name ever points at half an image.
*/
export const importImage = async (containerd: Containerd, namespace: string, image: LabImage, snapshotter = 'overlayfs'): Promise<void> =>
	withLease(containerd, namespace, async lease => importUnderLease({containerd, namespace, snapshotter, lease}, image));

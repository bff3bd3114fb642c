import {createHash} from 'node:crypto';
import {Failure} from '../../../source/errors.ts';
import type {Container, Task} from '../../../source/model/container.ts';
import type {Descriptor, Image} from '../../../source/model/image.ts';
import {chainIds} from '../../../source/services/images/index.ts';

export const ociTypes = {
	index: 'application/vnd.oci.image.index.v1+json',
	manifest: 'application/vnd.oci.image.manifest.v1+json',
	config: 'application/vnd.oci.image.config.v1+json',
	layer: 'application/vnd.oci.image.layer.v1.tar+gzip',
};

export const dockerTypes = {
	index: 'application/vnd.docker.distribution.manifest.list.v2+json',
	manifest: 'application/vnd.docker.distribution.manifest.v2+json',
	config: 'application/vnd.docker.container.image.v1+json',
	layer: 'application/vnd.docker.image.rootfs.diff.tar.gzip',
};

const absent = (what: string): Failure => new Failure('not-found', `${what}: not found`);

export const digestOf = (text: string): string => `sha256:${createHash('sha256').update(text).digest('hex')}`;

/** A content store and a snapshotter in memory, that count what they are asked. */
export const createStore = () => {
	const blobs = new Map<string, Buffer>();
	const usages = new Map<string, number>();
	const asked: string[] = [];

	const put = (mediaType: string, content: object | string): Descriptor => {
		const text = typeof content === 'string' ? content : JSON.stringify(content);
		blobs.set(digestOf(text), Buffer.from(text));
		return {mediaType, digest: digestOf(text), sizeBytes: Buffer.byteLength(text), annotations: {}};
	};
	const wire = ({mediaType, digest, sizeBytes}: Descriptor): object => ({mediaType, digest, size: sizeBytes});

	/** An image of these layers, unpacked when it has bytes to show for each. */
	const putImage = (
		types: typeof ociTypes,
		layers: readonly string[],
		options: {readonly architecture?: string; readonly history?: object[]; readonly unpacked?: readonly number[]} = {},
	) => {
		const stored = layers.map(layer => put(types.layer, layer));
		const diffIds = layers.map(layer => digestOf(`diff ${layer}`));
		const config = put(types.config, {
			os: 'linux',
			architecture: options.architecture ?? 'amd64',
			rootfs: {type: 'layers', diff_ids: diffIds},
			...(options.history === undefined ? {} : {history: options.history}),
		});
		const manifest = put(types.manifest, {schemaVersion: 2, mediaType: types.manifest, config: wire(config), layers: stored.map(wire)});
		for (const [index, key] of chainIds(diffIds).entries())
			if (options.unpacked !== undefined) usages.set(key, options.unpacked[index] ?? 0);
		return {manifest, config, layers: stored, diffIds};
	};

	const putIndex = (
		types: typeof ociTypes,
		entries: ReadonlyArray<{readonly descriptor: Descriptor; readonly extra?: object}>,
	): Descriptor => put(types.index, {schemaVersion: 2, manifests: entries.map(({descriptor, extra}) => ({...wire(descriptor), ...extra}))});

	return {
		blobs,
		usages,
		asked,
		put,
		putImage,
		putIndex,
		content: {
			readAll: async (_: string, digest: string) => {
				asked.push(`read ${digest.slice(7, 11)}`);
				const bytes = blobs.get(digest);
				if (bytes === undefined) throw absent(digest);
				return bytes;
			},
			info: async (_: string, digest: string) => {
				const bytes = blobs.get(digest);
				if (bytes === undefined) throw absent(digest);
				return {digest, sizeBytes: bytes.length, labels: {}, createdAt: 0, updatedAt: 0};
			},
		},
		snapshots: {
			usage: async (_: string, snapshotter: string, key: string) => {
				asked.push(`usage ${snapshotter}`);
				const sizeBytes = usages.get(key);
				if (sizeBytes === undefined || snapshotter !== 'overlayfs') throw absent(key);
				return {sizeBytes, inodes: 1};
			},
		},
	};
};

export const imageWith = (target: Descriptor, changes: Partial<Image> = {}): Image => ({
	namespace: 'ns',
	name: 'docker.io/lab/x:1',
	labels: {},
	target,
	createdAt: 1,
	updatedAt: 1,
	...changes,
});

/** The two lists that say who uses an image. */
export const usersIn = (
	containers: ReadonlyArray<Pick<Container, 'id' | 'image'>>,
	tasks: ReadonlyArray<Pick<Task, 'containerId' | 'status'>> = [],
) => ({
	containers: {
		async *list() {
			yield containers as readonly Container[];
		},
	},
	tasks: {list: async () => tasks as readonly Task[]},
});

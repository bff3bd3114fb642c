import type {FakeContainerd} from '../../fakes/containerd.ts';

const digestOnly = (letter: string): string => `sha256:${letter.repeat(64)}`;

export type StoredImage = {readonly digest: string; readonly configDigest: string; readonly diffIds: readonly string[]};

/** A two-layer image with its blobs, unpacked: what `images`, `history` and `inspect` read. */
export const storeImage = (
	fake: FakeContainerd,
	{
		names,
		createdAt,
		architecture = process.arch === 'x64' ? 'amd64' : process.arch,
		labels = {},
	}: {
		readonly names: readonly string[];
		readonly createdAt: number;
		readonly architecture?: string;
		readonly labels?: Readonly<Record<string, string>>;
	},
	chain: readonly string[],
): StoredImage => {
	const diffIds = [digestOnly('1'), digestOnly('2')];
	const config = JSON.stringify({
		os: 'linux',
		architecture,
		config: {Env: ['PATH=/bin'], Cmd: ['/bin/sh'], Labels: labels, ExposedPorts: {'80/tcp': {}}, WorkingDir: '/srv'},
		rootfs: {type: 'layers', diff_ids: diffIds},
		history: [
			{created: '2024-01-01T00:00:00Z', created_by: '/bin/sh -c #(nop) ADD file:busybox in / and more than fits'},
			{created: '2024-01-01T00:00:00Z', created_by: 'ENV A=1', empty_layer: true},
			{created: '2024-02-01T00:00:00Z', created_by: 'RUN make', comment: 'buildkit', author: 'me'},
		],
	});
	const configDigest = fake.addBlob(config);
	const layer = (letter: string, size: number) => ({
		mediaType: 'application/vnd.oci.image.layer.v1.tar+gzip',
		digest: digestOnly(letter),
		size,
	});
	const manifest = JSON.stringify({
		schemaVersion: 2,
		mediaType: 'application/vnd.oci.image.manifest.v1+json',
		config: {mediaType: 'application/vnd.oci.image.config.v1+json', digest: configDigest, size: config.length},
		layers: [layer('3', 1_000_000), layer('4', 50_000)],
	});
	const digest = fake.addBlob(manifest);
	for (const name of names) fake.addImage({name, digest, sizeBytes: manifest.length, createdAt});
	for (const [at, key] of chain.entries()) fake.addSnapshot({key, parent: chain[at - 1] ?? '', sizeBytes: at === 0 ? 2_500_000 : 12_345});
	return {digest, configDigest, diffIds};
};

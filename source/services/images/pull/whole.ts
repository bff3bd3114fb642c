import type {Content, Snapshots} from '../../../clients/containerd/types.ts';
import {isFailure} from '../../../errors.ts';
import type {Descriptor, Platform} from '../../../model/image.ts';
import {choosePlatforms} from '../../../model/platform.ts';
import type {Reference} from '../../../model/reference.ts';
import {chainIds} from '../chain.ts';
import {snapshotRef, withSource} from '../ingest/gc-labels.ts';
import {isIndex, isObject, listOf, toDescriptor} from '../manifests.ts';

type Noting = {
	readonly containerd: {readonly content: Pick<Content, 'info' | 'update'>};
	readonly namespace: string;
	readonly reference: Reference;
	readonly signal: AbortSignal;
};

type Reading = Noting & {
	readonly containerd: {readonly content: Pick<Content, 'info' | 'update' | 'readAll'>; readonly snapshots: Pick<Snapshots, 'stat'>};
	readonly snapshotter: string;
	readonly platform: Platform;
	/** Has been noted, or is being. */
	readonly noted: ReadonlyMap<string, Promise<void>>;
	/** Has been read, or is being. */
	readonly documents: ReadonlyMap<string, Promise<Document>>;
};

export type Document = Readonly<Record<string, unknown>>;

/** An index, a manifest or a config. */
export const readDocument = async ({containerd, namespace, signal}: Pick<Reading, 'containerd' | 'namespace' | 'signal'>, digest: string): Promise<Document> => {
	const json: unknown = JSON.parse(Buffer.from(await containerd.content.readAll(namespace, digest, {signal})).toString('utf8'));
	return isObject(json) ? json : {};
};

const document = async (reading: Reading, digest: string): Promise<Document> => reading.documents.get(digest) ?? readDocument(reading, digest);

/** Where a blob came from, so that a push can have it mounted: the daemon does not note it. */
export const noteSource = async ({containerd, namespace, reference, signal}: Noting, digest: string): Promise<void> => {
	const {labels} = await containerd.content.info(namespace, digest, {signal});
	const changes = Object.entries(withSource(labels, reference)).filter(([key, value]) => labels[key] !== value);
	if (changes.length === 0) return;
	const blob = {digest, sizeBytes: 0, labels: Object.fromEntries(changes), createdAt: 0, updatedAt: 0};
	await containerd.content.update(namespace, blob, changes.map(([key]) => `labels.${key}`), {signal});
};

const manifestOf = async (reading: Reading, target: Descriptor): Promise<Descriptor | undefined> => {
	if (!isIndex(target)) return target;
	const children = listOf((await document(reading, target.digest))['manifests']).map(toDescriptor);
	const [place] = choosePlatforms([reading.platform], children.map(({platform}) => platform));
	const child = place === undefined ? undefined : children[place];
	return child === undefined || isIndex(child) ? undefined : child;
};

/**
Whether a pull by the daemon left nothing to do. It unpacks only what its configuration has a snapshotter for, and says no word when it does
not; but when the top snapshot is there and the config holds it, then all below is, too, for a snapshot has its parents. What it leaves to us in any
case is to note where the blobs came from.
*/
export const isWhole = async (reading: Reading, target: Descriptor): Promise<boolean> => {
	const {containerd, namespace, snapshotter, signal} = reading;
	try {
		const manifest = await manifestOf(reading, target);
		if (manifest === undefined) return false;
		const {config, layers} = await document(reading, manifest.digest);
		if (!isObject(config)) return false;
		const {digest} = toDescriptor(config);
		const {rootfs} = await document(reading, digest);
		const diffIds = isObject(rootfs) && Array.isArray(rootfs['diff_ids']) ? rootfs['diff_ids'].map(String) : [];
		const top = chainIds(diffIds).at(-1);
		if (top === undefined) return false;
		const [{labels}, {kind}] = await Promise.all([
			containerd.content.info(namespace, digest, {signal}),
			containerd.snapshots.stat(namespace, snapshotter, top, {signal}),
		]);
		if (labels[snapshotRef(snapshotter)] !== top || kind !== 'committed') return false;
		const blobs = [manifest, ...[config, ...listOf(layers)].map(toDescriptor)];
		await Promise.all([...new Set(blobs.map((blob) => blob.digest))].map(async (blob) => reading.noted.get(blob) ?? noteSource(reading, blob)));
		return true;
	} catch (error) {
		if (isFailure(error, 'not-found') || error instanceof SyntaxError) return false;
		throw error;
	}
};

import {setTimeout} from 'node:timers/promises';
import type {Content, ContentInfo, Leases} from '../../../clients/containerd/types.ts';
import {Failure, isAbort, isFailure} from '../../../errors.ts';
import type {Descriptor} from '../../../model/image.ts';
import type {Labels} from './gc-labels.ts';
import {partialSince} from './gc-labels.ts';
import type {Tracker} from './tracker.ts';

/** One piece of work that fills a content store. */
export type Ingest = {
	readonly containerd: {
		readonly content: Pick<Content, 'info' | 'update' | 'write' | 'abort' | 'statuses'>;
		readonly leases: Pick<Leases, 'addResource'>;
	};
	readonly namespace: string;
	readonly lease: string;
	readonly signal: AbortSignal;
	readonly tracker: Tracker;
	/** Complete blobs that we wrote. */
	readonly written: Set<string>;
	/** Blobs that an earlier failure left as roots. */
	readonly partial: Set<string>;
};

export type NewBlob = {
	readonly descriptor: Pick<Descriptor, 'mediaType' | 'digest' | 'sizeBytes'>;
	/** What it holds, and where it came from, given what is already written on it. */
	readonly labels: (existing: Labels) => Labels;
	/** From an offset on; may be called again. */
	readonly source: (offset: number) => AsyncIterable<Uint8Array>;
	readonly phase?: 'fetching' | 'reading' | 'writing';
};

/** What is looked at again while somebody else writes the same blob. */
const lockedPollMs = 250;
/** Whoever writes has not come on for so long: a daemon whose disk was full in the middle never lets go of the name. */
const stalledMs = 5000;

/** containerd's own names for what is being written, so that its other clients' half-done uploads are taken up as well. */
const refOf = ({mediaType, digest}: NewBlob['descriptor']): string => {
	if (/\b(?:index|manifest\.list)\b/.test(mediaType)) return `index-${digest}`;
	if (/\bmanifest\b/.test(mediaType)) return `manifest-${digest}`;
	if (/\b(?:layer|rootfs)\b/.test(mediaType)) return `layer-${digest}`;
	return /config|image\.v1\+json/.test(mediaType) ? `config-${digest}` : `unknown-${digest}`;
};

export const findInfo = async (
	{containerd, namespace, signal}: Pick<Ingest, 'namespace' | 'signal'> & {containerd: {content: Pick<Content, 'info'>}},
	digest: string,
): Promise<ContentInfo | undefined> => {
	try {
		return await containerd.content.info(namespace, digest, {signal});
	} catch (error) {
		if (isFailure(error, 'not-found')) return undefined;
		throw error;
	}
};

/** Put a blob into the store, or find it there. Either way it is held by the lease, and its labels are what they must be. */
export const ensureBlob = async (ingest: Ingest, blob: NewBlob): Promise<'written' | 'existed'> => {
	const {containerd, namespace, lease, signal, tracker} = ingest;
	const {digest, sizeBytes} = blob.descriptor;
	// First held, then looked for: in the other order the collector could come in between. containerd holds what is not there without a complaint.
	await containerd.leases.addResource(namespace, lease, {id: digest, type: 'content'}, {signal});
	const name = refOf(blob.descriptor);
	let ref = name;
	let lockedAt = -1;
	let stoodMs = 0;
	for (;;) {
		const info = await findInfo(ingest, digest);
		if (info !== undefined) {
			await adopt(ingest, blob, info);
			tracker.bytes(digest, sizeBytes);
			tracker.phase(digest, 'exists');
			return 'existed';
		}
		if (await write(ingest, blob, ref)) {
			ingest.written.add(digest);
			tracker.bytes(digest, sizeBytes);
			return 'written';
		}
		tracker.phase(digest, 'waiting');
		const offset = (await containerd.content.statuses(namespace, {signal})).find(status => status.ref === name)?.offset ?? -1;
		stoodMs = offset === lockedAt ? stoodMs + lockedPollMs : 0;
		lockedAt = offset;
		if (stoodMs >= stalledMs) ref = `${name}-${lease}`;
		await setTimeout(lockedPollMs, undefined, {signal});
	}
};

const adopt = async ({containerd, namespace, signal, partial}: Ingest, {descriptor, labels}: NewBlob, info: ContentInfo): Promise<void> => {
	const {digest, sizeBytes} = descriptor;
	if (info.sizeBytes !== sizeBytes) throw wrongSize(digest, sizeBytes, info.sizeBytes);
	if (info.labels[partialSince] !== undefined) partial.add(digest);
	const wanted = Object.entries(labels(info.labels)).filter(([key, value]) => info.labels[key] !== value);
	if (wanted.length === 0) return;
	const fields = wanted.map(([key]) => `labels.${key}`);
	await containerd.content.update(namespace, {...info, labels: Object.fromEntries(wanted)}, fields, {signal});
};

const wrongSize = (digest: string, promised: number, found: number): Failure =>
	new Failure('invalid', `${digest} has ${found} bytes, but its manifest promises ${promised}`, {
		hint: 'the manifest is wrong: ask whoever made the image',
	});

/** False: somebody else is writing it. What stays unfinished is thrown away, so that a failure leaves no ingest of ours. */
const write = async (
	{containerd, namespace, lease, signal, tracker}: Ingest,
	{descriptor, labels, source, phase = 'fetching'}: NewBlob,
	ref: string,
): Promise<boolean> => {
	const {digest, sizeBytes} = descriptor;
	let isOurs = false;
	const begin = (offset: number): AsyncIterable<Uint8Array> => {
		isOurs = true;
		tracker.phase(digest, phase);
		return source(offset);
	};
	try {
		const onProgress = (offset: number): void => tracker.bytes(digest, offset);
		await containerd.content.write(namespace, {ref, totalBytes: sizeBytes, expected: digest, labels: labels({})}, begin, {
			lease,
			signal,
			onProgress,
		});
		return true;
	} catch (error) {
		// The daemon answers `unavailable` where another writer holds the name; then the ingest is not ours to throw away.
		if (!isOurs && isFailure(error, 'unavailable')) return false;
		await containerd.content.abort(namespace, ref).catch(() => {
			// It never began, or the daemon is gone: then it is taken up by the next try, or expires.
		});
		if (isAbort(error) || !isFailure(error, 'conflict')) throw error;
		throw new Failure('invalid', `The bytes that came for ${digest} are others: ${error.message}`, {
			cause: error,
			hint: 'the registry, a mirror or something on the way changes content: do not use it',
		});
	}
};

/** A blob that is in memory. */
export const bytesOf = (bytes: Uint8Array): NewBlob['source'] =>
	async function* (offset) {
		if (offset < bytes.byteLength) yield bytes.subarray(offset);
	};

import {createHash, randomBytes} from 'node:crypto';
import {posix} from 'node:path';
import {Failure, isFailure} from '../../../errors.ts';
import {ensureBlob, type Ingest} from '../ingest/blob.ts';
import {shortDigest} from '../ingest/tracker.ts';
import {type ArchiveEntry, peek} from './read-tar.ts';
import {decompressionOf} from '../../layers/index.ts';

export type StoredBlob = {
	readonly digest: string;
	readonly sizeBytes: number /** By its first bytes. */;
	readonly compression: 'gzip' | 'zstd' | 'none';
};

/** What an archive holds: its documents as text, everything else in the content store. */
export type Collected = {
	readonly documents: ReadonlyMap<string, unknown>;
	/** By path in the archive, links followed. */
	find(path: string): StoredBlob | undefined;
};

const documentNames: ReadonlySet<string> = new Set(['index.json', 'manifest.json', 'oci-layout']);
/** Of docker's first archives: what is in them is said elsewhere. */
const ignored: ReadonlySet<string> = new Set(['VERSION', 'json', 'repositories']);
const mostDocumentBytes = 10 * 1024 * 1024;
const blobPath = /^blobs\/(sha256\/[0-9a-f]{64}|sha512\/[0-9a-f]{128})$/;

/** Nothing of an archive is written to a disk under its own name, so no path in it can lead anywhere. */
export const collect = async (ingest: Ingest, entries: AsyncIterable<ArchiveEntry>): Promise<Collected> => {
	const documents = new Map<string, unknown>();
	const blobs = new Map<string, StoredBlob>();
	const links = new Map<string, string>();
	for await (const entry of entries) {
		const {path, kind, target} = entry;
		if (kind === 'link')
			links.set(path, target.startsWith('/') ? target.slice(1) : posix.normalize(posix.join(posix.dirname(path), target)));
		else if (kind === 'file' && documentNames.has(path)) documents.set(path, await readDocument(entry));
		else if (kind === 'file' && !ignored.has(posix.basename(path))) blobs.set(path, await store(ingest, entry));
	}
	return {
		documents,
		find: path => {
			// A hard link names its target from the top of the archive, a symbolic one from its own place.
			const target = links.get(path);
			return blobs.get(path) ?? (target === undefined ? undefined : (blobs.get(target) ?? blobs.get(target.split('/').slice(1).join('/'))));
		},
	};
};

const readDocument = async ({path, sizeBytes, body}: ArchiveEntry): Promise<unknown> => {
	if (sizeBytes > mostDocumentBytes) throw new Failure('exhausted', `its ${path} has ${sizeBytes} bytes, more than any archive needs`);
	const chunks: Uint8Array[] = [];
	for await (const chunk of body) chunks.push(chunk);
	try {
		return JSON.parse(Buffer.concat(chunks).toString('utf8'));
	} catch {
		throw new Failure('invalid', `its ${path} is no JSON document`);
	}
};

const store = async (ingest: Ingest, {path, sizeBytes, body}: ArchiveEntry): Promise<StoredBlob> => {
	const {head, all} = await peek(body);
	const compression = decompressionOf(head) === undefined ? 'none' : head[0] === 0x1f ? 'gzip' : 'zstd';
	const named = blobPath.exec(path)?.[1]?.replace('/', ':');
	if (named === undefined) return {...(await writeUnnamed(ingest, all, {sizeBytes, label: path.slice(-40)})), compression};
	ingest.tracker.add({id: named, label: `blob ${shortDigest(named)}`, totalBytes: sizeBytes});
	let isBegun = false;
	await ensureBlob(ingest, {
		descriptor: {mediaType: '', digest: named, sizeBytes},
		labels: () => ({}),
		phase: 'writing',
		source: offset => {
			if (isBegun) throw new Failure('invalid', `the bytes of ${path} are not what its name says`);
			isBegun = true;
			return from(all, offset);
		},
	});
	if (!isBegun) for await (const _ of all);
	else ingest.tracker.phase(named, 'done');
	return {digest: named, sizeBytes, compression};
};

async function* from(source: AsyncIterable<Uint8Array>, offset: number): AsyncGenerator<Uint8Array> {
	let skip = offset;
	for await (const chunk of source) {
		if (skip >= chunk.byteLength) skip -= chunk.byteLength;
		else {
			yield skip === 0 ? chunk : chunk.subarray(skip);
			skip = 0;
		}
	}
}

/** Bytes whose digest nobody has said: it is known at the end. */
export const writeUnnamed = async (
	{containerd, namespace, lease, signal, tracker, written}: Ingest,
	source: AsyncIterable<Uint8Array>,
	{sizeBytes, label}: {readonly sizeBytes: number | undefined; readonly label: string},
): Promise<{readonly digest: string; readonly sizeBytes: number}> => {
	const ref = `gantry-${Date.now()}-${randomBytes(6).toString('hex')}`;
	const hash = createHash('sha256');
	let length = 0;
	tracker.add({id: ref, label, totalBytes: sizeBytes, phase: 'writing'});
	const hashed = async function* (): AsyncGenerator<Uint8Array> {
		for await (const chunk of source) {
			hash.update(chunk);
			length += chunk.byteLength;
			yield chunk;
		}
	};
	const done = (digest: string) => {
		tracker.phase(ref, 'done');
		return {digest, sizeBytes: length};
	};
	try {
		const {digest} = await containerd.content.write(namespace, {ref, totalBytes: 0, expected: ''}, hashed(), {
			lease,
			signal,
			onProgress: offset => tracker.bytes(ref, offset),
		});
		written.add(digest);
		return done(digest);
	} catch (error) {
		await containerd.content.abort(namespace, ref).catch(() => {
			// It never began, or the daemon is gone.
		});
		if (!isFailure(error, 'already-exists')) throw error;
		const digest = `sha256:${hash.digest('hex')}`;
		await containerd.leases.addResource(namespace, lease, {id: digest, type: 'content'}, {signal});
		return done(digest);
	}
};

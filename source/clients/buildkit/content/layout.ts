import {createHash, randomBytes} from 'node:crypto';
import {createReadStream} from 'node:fs';
import {type FileHandle, mkdir, open, readFile, rename, rm, stat, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {couldNot, Failure, messageOf} from '../../../errors.ts';
import type {Descriptor} from '../../../model/image.ts';
import {plain} from '../../../model/sanitize.ts';

export type Blob = {readonly digest: string; readonly sizeBytes: number; readonly modifiedAt: number};

/** Content on its way into a layout. */
export type Ingest = {
	readonly ref: string;
	/** What is written so far. */
	offset(): number;
	append(bytes: Uint8Array): Promise<void>;
	/** It is a blob then, or fails: its size and digest are held against what was said. */
	commit(sizeBytes: number, expected: string): Promise<string>;
	/** Nothing stays of what was not committed. */
	discard(): Promise<void>;
};

/** A folder in the OCI image layout, as a store of content. */
export type Layout = {
	readonly path: string;
	info(digest: string): Promise<Blob>;
	/** `sizeBytes` 0: to the end. */
	read(digest: string, offset: number, sizeBytes: number): AsyncIterable<Uint8Array>;
	/** `already-exists` when what is expected is there; `unavailable` while somebody else writes under the same ref. */
	begin(ref: string, expected: string): Promise<Ingest>;
	underWay(): readonly Ingest[];
	/** What index.json calls so; undefined when it calls nothing so. */
	tagged(tag: string): Promise<Pick<Descriptor, 'digest' | 'mediaType' | 'sizeBytes'> | undefined>;
	tag(descriptor: unknown, tag: string): Promise<void>;
};

const nameAnnotation = 'org.opencontainers.image.ref.name';

type Entry = {readonly digest?: unknown; readonly mediaType?: unknown; readonly size?: unknown; readonly annotations?: Readonly<Record<string, unknown>>};

const digestPattern = /^(sha256:[0-9a-f]{64}|sha512:[0-9a-f]{128})$/;

const isMissing = (error: unknown): boolean => (error as NodeJS.ErrnoException).code === 'ENOENT';

const entriesIn = (index: unknown): readonly Entry[] => {
	const {manifests} = (typeof index === 'object' && index !== null ? index : {}) as {readonly manifests?: unknown};
	return Array.isArray(manifests) ? manifests.filter((entry): entry is Entry => typeof entry === 'object' && entry !== null) : [];
};

/** `folder` need not be there: it is made by the first byte that is written. */
export const openLayout = (folder: string): Layout => {
	const running = new Map<string, Ingest>();

	const blobPath = (digest: string): string => {
		if (!digestPattern.test(digest)) throw new Failure('invalid', `${JSON.stringify(plain(digest.slice(0, 100)))} is no digest that a layout could hold`);
		const [algorithm = '', hex = ''] = digest.split(':');
		return join(folder, 'blobs', algorithm, hex);
	};

	const info = async (digest: string): Promise<Blob> => {
		const path = blobPath(digest);
		try {
			const {size, mtimeMs} = await stat(path);
			return {digest, sizeBytes: size, modifiedAt: mtimeMs};
		} catch (error) {
			if (isMissing(error)) throw new Failure('not-found', `${folder} has no ${digest}`);
			throw couldNot('denied', `read ${path}`, messageOf(error), {cause: error});
		}
	};

	const has = async (digest: string): Promise<boolean> =>
		info(digest).then(
			() => true,
			() => false,
		);

	const readIndex = async (): Promise<Readonly<Record<string, unknown>>> => {
		const path = join(folder, 'index.json');
		try {
			const index: unknown = JSON.parse(await readFile(path, 'utf8'));
			return typeof index === 'object' && index !== null ? (index as Readonly<Record<string, unknown>>) : {};
		} catch (error) {
			if (isMissing(error)) return {};
			throw couldNot('invalid', `read ${path}`, messageOf(error), {cause: error});
		}
	};

	const writeWhole = async (name: string, text: string): Promise<void> => {
		const temporary = join(folder, `.${name}.${randomBytes(6).toString('hex')}`);
		try {
			await writeFile(temporary, text, {flush: true});
			await rename(temporary, join(folder, name));
		} catch (error) {
			await rm(temporary, {force: true});
			throw couldNot('exhausted', `write ${join(folder, name)}`, messageOf(error), {cause: error});
		}
	};

	const begin = async (ref: string, expected: string): Promise<Ingest> => {
		if (expected !== '' && (await has(expected))) throw new Failure('already-exists', `${folder} has ${expected}`);
		if (running.has(ref)) throw new Failure('unavailable', `${plain(ref)} is being written already`);
		const algorithm = expected.startsWith('sha512:') ? 'sha512' : 'sha256';
		const hash = createHash(algorithm);
		const temporary = join(folder, 'ingest', randomBytes(12).toString('hex'));
		let file: FileHandle | undefined;
		let written = 0;
		const ingest: Ingest = {
			ref,
			offset: () => written,
			append: async bytes => {
				file ??= await open(temporary, 'wx', 0o644);
				for (let at = 0; at < bytes.length; ) at += (await file.write(bytes, at)).bytesWritten;
				hash.update(bytes);
				written += bytes.length;
			},
			commit: async (sizeBytes, wanted) => {
				if (sizeBytes > 0 && sizeBytes !== written) throw new Failure('conflict', `${plain(ref)} has ${written} bytes, and not the ${sizeBytes} that were promised`);
				const digest = `${algorithm}:${hash.digest('hex')}`;
				if (wanted !== '' && wanted !== digest) throw new Failure('conflict', `${plain(ref)} is ${digest}, and not ${wanted}`);
				file ??= await open(temporary, 'wx', 0o644);
				await file.sync();
				await file.close();
				file = undefined;
				await mkdir(join(folder, 'blobs', algorithm), {recursive: true});
				await rename(temporary, blobPath(digest));
				running.delete(ref);
				return digest;
			},
			discard: async () => {
				running.delete(ref);
				await file?.close().catch(() => undefined);
				file = undefined;
				await rm(temporary, {force: true});
			},
		};
		// Before anything is waited for, so that of two of one name the second is told.
		running.set(ref, ingest);
		await mkdir(join(folder, 'ingest'), {recursive: true});
		return ingest;
	};

	return {
		path: folder,
		info,
		begin,
		underWay: () => [...running.values()],
		read: async function* (digest, offset, sizeBytes) {
			const {sizeBytes: whole} = await info(digest);
			if (offset > whole) throw new Failure('invalid', `${digest} ends at ${whole}, before ${offset}`);
			const end = sizeBytes > 0 ? Math.min(whole, offset + sizeBytes) : whole;
			if (end > offset) yield* createReadStream(blobPath(digest), {start: offset, end: end - 1, highWaterMark: 1024 * 1024}) as AsyncIterable<Uint8Array>;
		},
		tagged: async tag => {
			const found = entriesIn(await readIndex()).findLast(({annotations}) => annotations?.[nameAnnotation] === tag);
			if (found === undefined || typeof found.digest !== 'string') return undefined;
			return {digest: found.digest, mediaType: typeof found.mediaType === 'string' ? found.mediaType : '', sizeBytes: typeof found.size === 'number' ? found.size : 0};
		},
		tag: async (descriptor, tag) => {
			const index = await readIndex();
			const others = entriesIn(index).filter(({annotations}) => annotations?.[nameAnnotation] !== tag);
			const entry = descriptor as Entry;
			const manifests = [...others, {...entry, annotations: {...entry.annotations, [nameAnnotation]: tag}}];
			await writeWhole('index.json', JSON.stringify({schemaVersion: 2, mediaType: 'application/vnd.oci.image.index.v1+json', ...index, manifests}));
			await writeWhole('oci-layout', JSON.stringify({imageLayoutVersion: '1.0.0'}));
		},
	};
};

import {Failure, isFailure} from '../../errors.ts';
import {ContentService, WriteAction} from '../../protocol/generated/content.ts';
import {type Call, unary} from './call.ts';
import {batchesOf} from './content-write-batches.ts';
import {openUpload, type Upload} from './content-write-upload.ts';
import {aborted} from './translate.ts';
import type {ContentSource} from './types.ts';

type Blob = {readonly ref: string; readonly totalBytes: number; readonly expected: string; readonly labels?: Readonly<Record<string, string>>};

export type ContentWrite = {
	readonly call: Call;
	readonly blob: Blob;
	readonly source: ContentSource | ((offset: number) => ContentSource);
	readonly onProgress?: ((offset: number) => void) | undefined;
};

/** How far one attempt came, for whoever has to decide what its failure means. */
type Course = {isResumed: boolean; isMismatch: boolean};

const send = async (upload: Upload, blob: Blob, start: number, source: ContentSource, course: Course): Promise<number> => {
	let offset = start;
	const write = async (pieces: readonly Uint8Array[], bytes: number): Promise<void> => {
		if (blob.totalBytes > 0 && offset + bytes > blob.totalBytes) {
			course.isMismatch = true;
			throw new Failure('conflict', `More bytes came for ${blob.ref} than the ${blob.totalBytes} that were promised`);
		}

		await upload.write(offset, pieces);
		offset += bytes;
	};

	await batchesOf(source, write, upload.unlessFailed);
	return offset;
};

const attempt = async ({call, blob, source, onProgress}: ContentWrite, mayResume: boolean, course: Course): Promise<{digest: string}> => {
	const {ref, totalBytes, expected, labels = {}} = blob;
	const upload = openUpload(call, onProgress);
	try {
		const found = await upload.ask({action: WriteAction.STAT, ref, total: totalBytes, expected});
		const isUsable = mayResume && typeof source === 'function' && (totalBytes === 0 || found.offset <= totalBytes);
		const start = isUsable ? found.offset : 0;
		course.isResumed = start > 0;
		// Nothing is asked of the source when everything is there: a range that begins at the end is an error to a registry.
		const isThere = start > 0 && start === totalBytes;
		if (start > 0) onProgress?.(start);
		const end = isThere ? start : await send(upload, blob, start, typeof source === 'function' ? source(start) : source, course);
		course.isMismatch = true;
		// A total of 0 means unknown to the daemon, so what is committed is always said in bytes.
		const {digest} = await upload.ask({action: WriteAction.COMMIT, total: totalBytes || end, expected, offset: end, labels: {...labels}});
		return {digest};
	} catch (error) {
		// After a failure of the source the daemon first takes what is on its way: the next attempt finds all of it, and the ref free.
		await upload.end().catch(() => {});
		if (call.options?.signal?.aborted) throw aborted(call.options.signal);
		throw error;
	} finally {
		upload.leave();
	}
};

const discard = async (call: Call, ref: string): Promise<void> => {
	const {signal: _signal, ...options} = call.options ?? {};
	try {
		await unary({...call, options}, ContentService.abort, {ref});
	} catch {
		// The mismatch is what there is to say; what can't be removed now expires after a day.
	}
};

/**
The daemon hashes what arrives and compares it with `expected` itself. What an earlier attempt left behind is part of the bytes it
hashes, so when that could be what is wrong, a second attempt begins at the start.
*/
export const writeContent = async (write: ContentWrite): Promise<{digest: string}> => {
	const {call, blob} = write;
	const signal = call.options?.signal;
	if (signal?.aborted) throw aborted(signal);
	for (let mayResume = true; ; mayResume = false) {
		const course: Course = {isResumed: false, isMismatch: false};
		try {
			return await attempt(write, mayResume, course);
		} catch (error) {
			if (isFailure(error, 'already-exists') && blob.expected !== '') return {digest: blob.expected};
			const isMismatch = course.isMismatch && isFailure(error, 'conflict');
			if (!isMismatch) throw error;
			await discard(call, blob.ref);
			if (!course.isResumed) throw error;
		}
	}
};

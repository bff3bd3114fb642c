import {Failure} from '../../errors.ts';
import {ContentService, type Info} from '../../protocol/generated/content.ts';
import {type Caller, contextOf, decodeAnswer, serverStream, slowMs, unary} from './call.ts';
import {readContent} from './content-read.ts';
import {writeContent} from './content-write.ts';
import {epochMs} from './time.ts';
import type {Content, ContentInfo} from './types.ts';

const defaultMaxBytes = 8 * 1024 * 1024;

const toContentInfo = (info: Info | undefined): ContentInfo => ({
	digest: info?.digest ?? '',
	sizeBytes: info?.size ?? 0,
	labels: info?.labels ?? {},
	createdAt: epochMs(info?.createdAt),
	updatedAt: epochMs(info?.updatedAt),
});

const tooLong = (digest: string, sizeBytes: number, maxBytes: number): Failure =>
	new Failure('exhausted', `${digest} is ${sizeBytes} bytes long, more than the ${maxBytes} that are read at once`);

export const createContent = (caller: Caller): Content => {
	const info: Content['info'] = async (namespace, digest, options) => {
		const answer = await unary(caller(namespace, options), ContentService.info, {digest});
		return toContentInfo(answer.info);
	};

	const read: Content['read'] = (namespace, digest, options) =>
		readContent(caller(namespace, options), {digest, offset: options?.offset ?? 0, size: options?.sizeBytes ?? 0});

	return {
		info,
		read,

		async *list(namespace, options) {
			const call = caller(namespace, options);
			const method = ContentService.list;
			for await (const bytes of serverStream(call, method, {filters: [...(options?.filters ?? [])]})) {
				yield decodeAnswer(method.responseDeserialize, bytes, contextOf(call, method.path)).info.map(one => toContentInfo(one));
			}
		},

		async update(namespace, {digest, sizeBytes, labels}, fieldPaths, options) {
			const wire = {digest, size: sizeBytes, labels: {...labels}, createdAt: undefined, updatedAt: undefined};
			const updateMask = fieldPaths === undefined ? undefined : [...fieldPaths];
			const answer = await unary(caller(namespace, options), ContentService.update, {info: wire, updateMask});
			return toContentInfo(answer.info);
		},

		async readAll(namespace, digest, options) {
			const maxBytes = options?.maxBytes ?? defaultMaxBytes;
			const chunks: Uint8Array[] = [];
			let bytes = 0;
			for await (const chunk of read(namespace, digest, options)) {
				bytes += chunk.length;
				// Only now asked for: nearly all that is read at once is small, and each question is a part of a container's start.
				if (bytes > maxBytes) throw tooLong(digest, (await info(namespace, digest, options)).sizeBytes, maxBytes);
				chunks.push(chunk);
			}
			return Buffer.concat(chunks);
		},

		async write(namespace, blob, source, options) {
			return writeContent({call: caller(namespace, options, slowMs), blob, source, onProgress: options?.onProgress});
		},

		async remove(namespace, digest, options) {
			await unary(caller(namespace, options), ContentService.delete, {digest});
		},

		async abort(namespace, ref, options) {
			await unary(caller(namespace, options), ContentService.abort, {ref});
		},

		async statuses(namespace, options) {
			const {statuses} = await unary(caller(namespace, options), ContentService.listStatuses, {filters: []});
			return statuses.map(({ref, offset, total}) => ({ref, offset, totalBytes: total}));
		},
	};
};

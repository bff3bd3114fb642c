import {createHash} from 'node:crypto';
import {status} from '@grpc/grpc-js';
import {ContentDelete} from '../../../source/protocol/generated/event-messages.ts';
import {type ContentService, type Info, WriteAction, type WriteContentRequest, type WriteContentResponse} from '../../../source/protocol/generated/content.ts';
import {fieldsOf, matcher} from './filters.ts';
import {alreadyExists, type Context, type Handlers, notFound, refusal} from './serve.ts';
import {maskedLabels, payload, type State, type Upload} from './state.ts';

const readBytes = 1024 * 1024;

export const digestOf = (bytes: Uint8Array): string => `sha256:${createHash('sha256').update(bytes).digest('hex')}`;

const lookup = ({digest, size, labels}: Info) => fieldsOf({digest, size: String(size)}, labels);

export const contentHandlers = (state: State): Handlers<ContentService> => {
	const find = (namespace: string, digest: string) => {
		const blob = state.peek(namespace).blobs.get(digest);
		if (blob === undefined) throw notFound(`content ${digest}`);
		return blob;
	};

	const open = ({namespace}: Context, {ref, total, expected}: WriteContentRequest): Upload => {
		if (ref === '') throw refusal(status.INVALID_ARGUMENT, 'first message must have a reference: invalid argument');
		if (expected !== '' && state.peek(namespace).blobs.has(expected)) throw alreadyExists(`content ${expected}`);
		const {uploads} = state.space(namespace);
		const upload = uploads.get(ref) ?? {startedAt: state.now(), bytes: [], offset: 0, total, expected, held: false};
		if (upload.held) throw refusal(status.UNAVAILABLE, `ref ${ref} locked: unavailable`);
		upload.held = true;
		uploads.set(ref, upload);
		return upload;
	};

	const append = (upload: Upload, {offset, data}: WriteContentRequest): void => {
		if (offset > 0 && offset !== upload.offset) throw refusal(status.OUT_OF_RANGE, `write @${offset} must occur at current offset ${upload.offset}: out of range`);
		if (offset === 0 && upload.offset > 0) {
			upload.bytes = [];
			upload.offset = 0;
		}

		if (data.length === 0) return;
		upload.bytes.push(Buffer.from(data));
		upload.offset += data.length;
	};

	const commit = ({namespace}: Context, upload: Upload, {ref, total, expected, labels}: WriteContentRequest): string => {
		const bytes = Buffer.concat(upload.bytes);
		const digest = digestOf(bytes);
		if (total > 0 && total !== bytes.length) throw refusal(status.FAILED_PRECONDITION, `unexpected commit size ${bytes.length}, expected ${total}: failed precondition`);
		if (expected !== '' && expected !== digest) throw refusal(status.FAILED_PRECONDITION, `unexpected commit digest ${digest}, expected ${expected}: failed precondition`);
		const space = state.space(namespace);
		space.uploads.delete(ref);
		if (space.blobs.has(digest)) throw alreadyExists(`content ${digest}`);
		space.blobs.set(digest, {bytes, info: {digest, size: bytes.length, labels, createdAt: state.now(), updatedAt: state.now()}});
		return digest;
	};

	const answer = (action: WriteAction, upload: Upload, digest = ''): WriteContentResponse => ({
		...{action, startedAt: upload.startedAt, updatedAt: state.now(), offset: upload.offset, total: upload.total, digest},
	});

	return {
		info: ({digest}, {namespace}) => ({info: find(namespace, digest).info}),
		update: ({info, updateMask}, {namespace}) => {
			const blob = find(namespace, info?.digest ?? '');
			blob.info = {...blob.info, labels: maskedLabels(blob.info.labels, info!.labels, updateMask), updatedAt: state.now()};
			return {info: blob.info};
		},
		async *list({filters}, {namespace}) {
			const matches = matcher(filters);
			const infos = [...state.peek(namespace).blobs.values()].map(({info}) => info).filter(info => matches(lookup(info)));
			for (let start = 0; start < infos.length; start += 100) yield {info: infos.slice(start, start + 100)};
		},
		delete: ({digest}, {namespace}) => {
			find(namespace, digest);
			state.space(namespace).blobs.delete(digest);
			state.publish(namespace, '/content/delete', payload('containerd.events.ContentDelete', ContentDelete, {digest}));
			return {};
		},
		async *read({digest, offset, size}, {namespace}) {
			const {bytes} = find(namespace, digest);
			if (offset > bytes.length) throw refusal(status.OUT_OF_RANGE, `read past object length ${bytes.length} bytes: out of range`);
			const end = size === 0 ? bytes.length : Math.min(bytes.length, offset + size);
			for (let start = offset; start < end; start += readBytes) yield {offset: start, data: bytes.subarray(start, Math.min(end, start + readBytes))};
		},
		status: ({ref}, {namespace}) => {
			const upload = state.peek(namespace).uploads.get(ref);
			if (upload === undefined) throw notFound(`upload ${ref}`);
			const {startedAt, offset, total, expected} = upload;
			return {status: {startedAt, updatedAt: state.now(), ref, offset, total, expected}};
		},
		listStatuses: (_request, {namespace}) => ({
			statuses: [...state.peek(namespace).uploads].map(([ref, {startedAt, offset, total, expected}]) => ({startedAt, updatedAt: state.now(), ref, offset, total, expected})),
		}),
		async *write(requests, context) {
			let upload: Upload | undefined;
			let ref = '';
			try {
				for await (const request of requests) {
					// Only the first message has to say it; containerd looks at no other.
					if (upload === undefined) ref = request.ref;
					upload ??= open(context, request);
					if (request.action !== WriteAction.STAT) append(upload, request);
					if (request.action === WriteAction.COMMIT) {
						yield answer(request.action, upload, commit(context, upload, {...request, ref}));
						return;
					}

					yield answer(request.action, upload);
				}
			} finally {
				if (upload !== undefined) upload.held = false;
			}
		},
		abort: ({ref}, {namespace}) => {
			if (!state.peek(namespace).uploads.delete(ref)) throw notFound(`reference ${ref}`);
			return {};
		},
	};
};

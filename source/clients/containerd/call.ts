import {setMaxListeners} from 'node:events';
import {Metadata, type ServiceError} from '@grpc/grpc-js';
import type {Connection} from './connection.ts';
import {aborted, type CallContext, garbled, isAnswer, timedOut, translate} from './translate.ts';
import type {CallOptions} from './types.ts';

/** What we use of a generated method definition. */
export type Method<Request, Response> = {
	readonly path: string;
	readonly requestSerialize: (request: Request) => Buffer;
	readonly responseDeserialize: (bytes: Buffer) => Response;
};

export type Call = {
	readonly connection: Connection;
	readonly namespace?: string;
	readonly options?: CallOptions | undefined;
	/** Used when the caller names none; `none` for calls that last as long as they last. */
	readonly defaultTimeoutMs: number | 'none';
};

export const metadataFor = ({namespace, options}: Call): Metadata => {
	const metadata = new Metadata();
	if (namespace !== undefined) metadata.set('containerd-namespace', namespace);
	if (options?.lease !== undefined) metadata.set('containerd-lease', options.lease);
	return metadata;
};

/** The same, for a call that is made by hand. */
export const wireHeaders = (call: Call): Readonly<Record<string, string>> =>
	Object.fromEntries(Object.entries(metadataFor(call).getMap()).map(([name, value]) => [name, String(value)]));

/**
Do something when the caller aborts or the client is closed; answers how to take that back. One signal may watch over hundreds of calls,
which is no leak: without the raised limit Node would print a warning into the terminal.
*/
export const onGivenUp = ({connection, options}: Call, cancel: () => void): (() => void) => {
	const {signal} = options ?? {};
	if (signal !== undefined) {
		setMaxListeners(0, signal);
		signal.addEventListener('abort', cancel, {once: true});
	}

	connection.running.add(cancel);
	return () => {
		signal?.removeEventListener('abort', cancel);
		connection.running.delete(cancel);
	};
};

export const timeoutOf = ({options, defaultTimeoutMs}: Call): number | undefined =>
	options?.timeoutMs ?? (defaultTimeoutMs === 'none' ? undefined : defaultTimeoutMs);

export const contextOf = (call: Call, method: string): CallContext => ({
	path: call.connection.path,
	method,
	timeoutMs: timeoutOf(call),
	answered: call.connection.answered(),
});

/** Bytes go through gRPC unread and are decoded here, so that a wrong answer is told from a failed call by its place, not by its text. */
export const identity = (bytes: Buffer): Buffer => bytes;

export const decodeAnswer = <Response>(decode: (bytes: Buffer) => Response, bytes: Buffer, context: CallContext): Response => {
	try {
		return decode(bytes);
	} catch (error) {
		throw garbled(context, error);
	}
};

const once = async <Request, Response>(call: Call, method: Method<Request, Response>, request: Request): Promise<Buffer> =>
	new Promise((resolve, reject) => {
		const timeoutMs = timeoutOf(call);
		let late = false;
		const running = call.connection
			.client()
			.makeUnaryRequest(method.path, method.requestSerialize, identity, request, metadataFor(call), {}, (error: ServiceError | null, bytes?: Buffer) => {
				clearTimeout(timer);
				forget();
				if (error !== null) reject(late ? timedOut(contextOf(call, method.path), error) : error);
				else resolve(bytes ?? Buffer.alloc(0));
			});
		const forget = onGivenUp(call, () => running.cancel());
		// A deadline told to the daemon comes back from it in many words and codes, before ours is over; so it is kept here.
		const timer = timeoutMs === undefined ? undefined : setTimeout(() => {
			late = true;
			running.cancel();
		}, timeoutMs);
	});

/** One request, one answer, decoded; see `unaryBytes` for the rules. */
export const unary = async <Request, Response>(call: Call, method: Method<Request, Response>, request: Request): Promise<Response> =>
	decodeAnswer(method.responseDeserialize, await unaryBytes(call, method, request), contextOf(call, method.path));

/** One request, one answer as it came. Rejects with a Failure, or with an AbortError as soon as the signal aborts. */
export const unaryBytes = async <Request, Response>(call: Call, method: Method<Request, Response>, request: Request): Promise<Buffer> => {
	const signal = call.options?.signal;
	if (signal?.aborted) throw aborted(signal);
	try {
		const bytes = await once(call, method, request);
		call.connection.noteAnswer();
		return bytes;
	} catch (error) {
		if (signal?.aborted) throw aborted(signal);
		if (isAnswer(error)) call.connection.noteAnswer();
		throw await translate(error, contextOf(call, method.path));
	}
};

/**
A request and the answers to it, undecoded, as they arrive. The timeout is the longest silence while somebody waits for the next
message: a slow reader is not the daemon's fault. Leaving the loop ends the call.
*/
export const serverStream = async function* <Request, Response>(
	call: Call,
	method: Method<Request, Response>,
	request: Request,
): AsyncGenerator<Buffer, void, void> {
	const signal = call.options?.signal;
	if (signal?.aborted) throw aborted(signal);
	const context = contextOf(call, method.path);
	const stream = call.connection.client().makeServerStreamRequest(method.path, method.requestSerialize, identity, request, metadataFor(call), {});
	let silent = false;
	let timer: NodeJS.Timeout | undefined;
	const forget = onGivenUp(call, () => stream.cancel());
	const waitForNext = (): void => {
		if (context.timeoutMs === undefined) return;
		timer = setTimeout(() => {
			silent = true;
			stream.cancel();
		}, context.timeoutMs);
	};

	// A cancelled call reports its end by an error event, after nobody listens any more.
	stream.on('error', () => {});
	try {
		waitForNext();
		for await (const bytes of stream) {
			clearTimeout(timer);
			call.connection.noteAnswer();
			if (signal?.aborted) break;
			yield bytes as Buffer;
			waitForNext();
		}

		if (signal?.aborted) throw aborted(signal);
	} catch (error) {
		if (signal?.aborted) throw aborted(signal);
		if (silent) throw timedOut(context, error);
		throw await translate(error, contextOf(call, method.path));
	} finally {
		clearTimeout(timer);
		forget();
		stream.cancel();
	}
};

/** How a service makes the `Call` of one of its methods. */
export type Caller = (namespace: string | undefined, options?: CallOptions, defaultTimeoutMs?: number | 'none') => Call;

/** For calls in which the daemon starts processes, unpacks or collects garbage. */
export const slowMs = 120_000;

import {setMaxListeners} from 'node:events';
import type {WireEnd} from '../grpc/index.ts';
import type {Connection} from './connection.ts';
import {aborted, type CallContext, failureOf, garbled, timedOut} from './translate.ts';
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

export const wireHeaders = ({namespace, options}: Call): Readonly<Record<string, string>> => ({
	...(namespace === undefined ? {} : {'containerd-namespace': namespace}),
	...(options?.lease === undefined ? {} : {'containerd-lease': options.lease}),
});

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

/** Bytes are decoded here, so that a wrong answer is told from a failed call by its place, not by its text. */
export const decodeAnswer = <Response>(decode: (bytes: Buffer) => Response, bytes: Buffer, context: CallContext): Response => {
	try {
		return decode(bytes);
	} catch (error) {
		throw garbled(context, error);
	}
};

/** Answers are as long as they are: a list of five thousand containers is some megabytes. */
const maxAnswerBytes = Number.POSITIVE_INFINITY;

/** What the end of a call means, undefined when all went well. */
const troubleOf = async (call: Call, method: string, end: WireEnd): Promise<Error | undefined> => {
	if (end.origin === 'daemon') call.connection.noteAnswer();
	return end.code === 0 ? undefined : failureOf(end, contextOf(call, method));
};

const once = async <Request, Response>(call: Call, method: Method<Request, Response>, request: Request): Promise<Buffer> =>
	new Promise((resolve, reject) => {
		const timeoutMs = timeoutOf(call);
		let answer: Buffer | undefined;
		let late = false;
		const running = call.connection.http2().open(method.path, {
			headers: wireHeaders(call),
			maxAnswerBytes,
			onMessage: bytes => {
				answer = bytes;
			},
			onEnd: end => {
				clearTimeout(timer);
				forget();
				if (late) reject(timedOut(contextOf(call, method.path)));
				else troubleOf(call, method.path, end).then(trouble => (trouble === undefined ? resolve(answer ?? Buffer.alloc(0)) : reject(trouble)), reject);
			},
		});
		const forget = onGivenUp(call, () => running.cancel());
		// A deadline told to the daemon comes back from it in many words and codes, before ours is over; so it is kept here.
		const timer = timeoutMs === undefined ? undefined : setTimeout(() => {
			late = true;
			running.cancel();
		}, timeoutMs);
		running.send([method.requestSerialize(request)]);
		running.end();
	});

/** One request, one answer, decoded; see `unaryBytes` for the rules. */
export const unary = async <Request, Response>(call: Call, method: Method<Request, Response>, request: Request): Promise<Response> =>
	decodeAnswer(method.responseDeserialize, await unaryBytes(call, method, request), contextOf(call, method.path));

/** One request, one answer as it came. Rejects with a Failure, or with an AbortError as soon as the signal aborts. */
export const unaryBytes = async <Request, Response>(call: Call, method: Method<Request, Response>, request: Request): Promise<Buffer> => {
	const signal = call.options?.signal;
	if (signal?.aborted) throw aborted(signal);
	try {
		return await once(call, method, request);
	} catch (error) {
		throw signal?.aborted ? aborted(signal) : error;
	}
};

/** Messages that may wait for a slow reader before the daemon is made to wait as well. */
const mostWaiting = 16;

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
	const queue: Buffer[] = [];
	let end: WireEnd | undefined;
	let wake: (() => void) | undefined;
	let silent = false;
	const tell = (): void => {
		wake?.();
		wake = undefined;
	};
	const running = call.connection.http2().open(method.path, {
		headers: wireHeaders(call),
		maxAnswerBytes,
		onMessage: bytes => {
			queue.push(bytes);
			if (queue.length === mostWaiting) running.pause();
			tell();
		},
		onEnd: how => {
			end = how;
			tell();
		},
	});
	const forget = onGivenUp(call, () => running.cancel());
	const next = async (): Promise<void> => {
		const timer = context.timeoutMs === undefined ? undefined : setTimeout(() => {
			silent = true;
			running.cancel();
		}, context.timeoutMs);
		await new Promise<void>(resolve => {
			wake = resolve;
		});
		clearTimeout(timer);
	};

	try {
		running.send([method.requestSerialize(request)]);
		running.end();
		for (;;) {
			const bytes = queue.shift();
			if (signal?.aborted) throw aborted(signal);
			if (bytes !== undefined) {
				call.connection.noteAnswer();
				if (queue.length === 0) running.resume();
				yield bytes;
			} else if (end === undefined) await next();
			else break;
		}

		if (silent) throw timedOut(context);
		const trouble = await troubleOf(call, method.path, end);
		if (trouble !== undefined) throw trouble;
	} finally {
		forget();
		running.cancel();
	}
};

/** How a service makes the `Call` of one of its methods. */
export type Caller = (namespace: string | undefined, options?: CallOptions, defaultTimeoutMs?: number | 'none') => Call;

/** For calls in which the daemon starts processes, unpacks or collects garbage. */
export const slowMs = 120_000;

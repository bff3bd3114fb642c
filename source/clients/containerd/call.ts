import {setMaxListeners} from 'node:events';
import {Failure} from '../../errors.ts';
import type {Connection} from './connection.ts';
import type {FrameReader, WireEnd} from '../grpc/index.ts';
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

/** A header of gRPC's says nothing else: what it can't say must not reach the daemon as another name. */
const sayable = /^[\x20-\x7e]*$/;

export const wireHeaders = ({namespace = '', options: {lease = ''} = {}}: Call): Readonly<Record<string, string>> => {
	if (!sayable.test(namespace)) throw new Failure('invalid', `${JSON.stringify(namespace)} can not be the name of a namespace`, {hint: 'use letters, digits, and . _ - between them'});
	return {...(namespace === '' ? {} : {'containerd-namespace': namespace}), ...(lease === '' ? {} : {'containerd-lease': lease})};
};

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

/** Apart from the call, so that a wrong answer is told from a failed call by its place, not by its text. */
export const decodeAnswer = <Response>(decode: (bytes: Buffer) => Response, bytes: Buffer, context: CallContext): Response => {
	try {
		return decode(bytes);
	} catch (error) {
		throw garbled(context, error);
	}
};

/** One request, one answer, decoded; see `unaryBytes` for the rules. */
export const unary = async <Request, Response>(call: Call, method: Method<Request, Response>, request: Request): Promise<Response> =>
	decodeAnswer(method.responseDeserialize, await unaryBytes(call, method, request), contextOf(call, method.path));

/** One request, one answer as it came. Rejects with a Failure, or with an AbortError as soon as the signal aborts. */
export const unaryBytes = async <Request, Response>(call: Call, method: Method<Request, Response>, request: Request): Promise<Buffer> => {
	const signal = call.options?.signal;
	if (signal?.aborted) throw aborted(signal);
	const timeoutMs = timeoutOf(call);
	const answers: Buffer[] = [];
	let isLate = false;
	const end = await new Promise<WireEnd>(resolve => {
		const wire = call.connection.calls().open(method.path, {
			headers: wireHeaders(call),
			maxAnswerBytes: Number.POSITIVE_INFINITY,
			onMessage: bytes => void answers.push(bytes),
			onEnd: how => {
				clearTimeout(timer);
				forget();
				resolve(how);
			},
		});
		const forget = onGivenUp(call, wire.cancel);
		// A deadline told to the daemon comes back from it in many words and codes, before ours is over; so it is kept here.
		const timer = timeoutMs === undefined ? undefined : setTimeout(() => {
			isLate = true;
			wire.cancel();
		}, timeoutMs);
		wire.send([method.requestSerialize(request)]);
		wire.end();
	});
	if (end.origin === 'daemon') call.connection.noteAnswer();
	if (end.code === 0) {
		const [answer] = answers;
		if (answer === undefined || answers.length > 1) throw garbled(contextOf(call, method.path), new Error(`${answers.length} answers instead of one`));
		return answer;
	}

	if (signal?.aborted) throw aborted(signal);
	if (isLate) throw timedOut(contextOf(call, method.path));
	throw await failureOf(end, contextOf(call, method.path));
};

/** More than this is not taken from the daemon before somebody wants it. */
const aheadBytes = 256 * 1024;

/**
A request and the answers to it, undecoded, as they arrive; with a `reader`, what it makes of them. The timeout is the longest silence while
somebody waits for the next one: a slow reader is not the daemon's fault. Leaving the loop ends the call.
*/
export const serverStream = async function* <Request, Response>(
	call: Call,
	method: Method<Request, Response>,
	request: Request,
	{over = 'calls', reader}: {readonly over?: 'calls' | 'bulk'; readonly reader?: FrameReader} = {},
): AsyncGenerator<Buffer, void, void> {
	const signal = call.options?.signal;
	if (signal?.aborted) throw aborted(signal);
	const context = contextOf(call, method.path);
	const timeoutMs = timeoutOf(call);
	let pieces: Buffer[] = [];
	let bytes = 0;
	let end: WireEnd | undefined;
	let hear = Promise.withResolvers<void>();
	const notify = (): void => {
		hear.resolve();
		hear = Promise.withResolvers();
	};

	const wire = call.connection[over]().open(method.path, {
		headers: wireHeaders(call),
		...(reader === undefined ? {maxAnswerBytes: Number.POSITIVE_INFINITY} : {reader}),
		onMessage: piece => {
			pieces.push(piece);
			bytes += piece.length;
			if (bytes >= aheadBytes) wire.pause();
			notify();
		},
		onEnd: how => {
			end = how;
			notify();
		},
	});
	const forget = onGivenUp(call, wire.cancel);

	/** False when nothing came for too long. */
	const wait = async (): Promise<boolean> => {
		let isSilent = false;
		const timer = timeoutMs === undefined ? undefined : setTimeout(() => {
			isSilent = true;
			notify();
		}, timeoutMs);
		await hear.promise;
		clearTimeout(timer);
		return !isSilent;
	};

	const isNothingThere = (): boolean => pieces.length === 0 && end === undefined;

	try {
		wire.send([method.requestSerialize(request)]);
		wire.end();
		for (;;) {
			while (isNothingThere()) if (!(await wait()) && isNothingThere()) throw timedOut(context);
			if (signal?.aborted) throw aborted(signal);
			if (pieces.length === 0) break;
			call.connection.noteAnswer();
			const come = pieces;
			pieces = [];
			bytes = 0;
			wire.resume();
			for (const piece of come) {
				yield piece;
				if (signal?.aborted) throw aborted(signal);
			}
		}

		if (end !== undefined && end.code !== 0) {
			if (end.origin === 'daemon') call.connection.noteAnswer();
			throw await failureOf(end, contextOf(call, method.path));
		}
	} finally {
		forget();
		wire.cancel();
	}
};

/** How a service makes the `Call` of one of its methods. */
export type Caller = (namespace: string | undefined, options?: CallOptions, defaultTimeoutMs?: number | 'none') => Call;

/** For calls in which the daemon starts processes, unpacks or collects garbage. */
export const slowMs = 120_000;

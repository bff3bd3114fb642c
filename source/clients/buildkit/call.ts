import {type Code, Failure} from '../../errors.ts';
import {plain} from '../../model/sanitize.ts';
import {code, type Http2Grpc, openHttp2, type WireEnd} from '../grpc/index.ts';
import type {Target} from './address.ts';
import {dial, grpcUpgrade, spokenTarget} from './dial.ts';
import {spokenDetails, troubleIn, withTrouble} from './trouble.ts';

/** What we use of a generated method definition. */
export type Method<Request, Response> = {
	readonly path: string;
	readonly requestSerialize: (request: Request) => Buffer;
	readonly responseDeserialize: (bytes: Buffer) => Response;
};

export type CallOptions = {readonly signal?: AbortSignal; readonly timeoutMs?: number};

export type Caller = {
	readonly target: Target;
	/** One request, one answer. Without a timeout it lasts as long as it lasts. */
	unary<Request, Response>(method: Method<Request, Response>, request: Request, options?: CallOptions): Promise<Response>;
	/** Leaving the loop ends the call. */
	stream<Request, Response>(method: Method<Request, Response>, request: Request, options?: CallOptions): AsyncGenerator<Response, void, void>;
	close(): void;
};

/** A daemon's answer may hold the records of a cache of years. */
const maxAnswerBytes = 256 * 1024 * 1024;

const codes: Readonly<Partial<Record<number, Code>>> = {
	...{1: 'unavailable', 3: 'invalid', 4: 'timeout', 5: 'not-found', 6: 'already-exists', 7: 'denied', 8: 'exhausted'},
	...{9: 'conflict', 10: 'conflict', 11: 'invalid', 12: 'unsupported', 14: 'unavailable', 16: 'denied'},
};

/** `/moby.buildkit.v1.Control/Solve` reads `Solve`. */
const spokenMethod = (path: string): string => path.slice(path.lastIndexOf('/') + 1);

const authorityOf = (target: Target): string => (target.kind === 'tcp' ? `${target.host}:${target.port}` : 'localhost');

const failureOf = (target: Target, path: string, end: WireEnd): Failure => {
	const where = `BuildKit at ${spokenTarget(target)}`;
	if (end.origin === 'garbled') return new Failure('internal', `What ${spokenTarget(target)} answered to ${spokenMethod(path)} is not what BuildKit answers: ${end.details}`, {hint: 'check that --buildkit-host names a BuildKit'});
	if (end.origin === 'wire') return new Failure('unavailable', `The connection to ${where} was lost: ${end.details}`);
	if (end.code === code.unimplemented) return new Failure('unsupported', `${where} does not offer ${spokenMethod(path)}`);
	const trouble = troubleIn(end.more);
	return withTrouble(codes[end.code] ?? 'internal', plain(spokenDetails(end.details)) || `${where} failed ${spokenMethod(path)} without saying why`, trouble);
};

type Queue<Value> = {push(value: Value): void; finish(error?: Error): void; next(): Promise<Value | undefined>};

/** Values that come when they come, for one who takes them one by one. */
const createQueue = <Value>(): Queue<Value> => {
	const values: Value[] = [];
	let end: {readonly error: Error | undefined} | undefined;
	let wake: (() => void) | undefined;
	const awaken = (): void => {
		wake?.();
		wake = undefined;
	};

	return {
		push: value => {
			values.push(value);
			awaken();
		},
		finish: error => {
			end ??= {error};
			awaken();
		},
		next: async () => {
			while (values.length === 0 && end === undefined) {
				await new Promise<void>(resolve => {
					wake = resolve;
				});
			}

			if (values.length === 0 && end?.error !== undefined) throw end.error;
			return values.shift();
		},
	};
};

const abortOf = (signal: AbortSignal): Error => (signal.reason instanceof Error && signal.reason.name === 'AbortError' ? signal.reason : new DOMException('The operation was aborted', 'AbortError'));

/**
Calls by hand over node:http2, because grpc-js can't be given a socket that has been upgraded from HTTP/1.1, which is how a dockerd is
reached. A lost connection is found again by the next call.
*/
export const createCaller = (target: Target): Caller => {
	let current: Promise<Http2Grpc> | undefined;

	const dialled = async (signal: AbortSignal | undefined): Promise<Http2Grpc> => {
		const socket = await dial(target, grpcUpgrade, signal);
		return openHttp2(() => socket, authorityOf(target));
	};

	const grpc = async (signal: AbortSignal | undefined): Promise<Http2Grpc> => {
		const known = await current?.catch(() => undefined);
		if (known?.isOpen()) return known;
		current = dialled(signal);
		const opened = await current;
		return opened;
	};

	const open = async function* <Request, Response>(method: Method<Request, Response>, request: Request, {signal, timeoutMs}: CallOptions): AsyncGenerator<Response, void, void> {
		if (signal?.aborted) throw abortOf(signal);
		const queue = createQueue<Response>();
		const call = (await grpc(signal)).open(method.path, {
			maxAnswerBytes,
			onMessage: bytes => {
				try {
					queue.push(method.responseDeserialize(bytes));
				} catch (error) {
					queue.finish(failureOf(target, method.path, {code: code.internal, details: String(error), origin: 'garbled'}));
				}
			},
			onEnd: end => queue.finish(end.code === 0 ? undefined : failureOf(target, method.path, end)),
		});
		const give = (): void => {
			queue.finish(abortOf(signal!));
			call.cancel();
		};

		const timer = timeoutMs === undefined ? undefined : setTimeout(() => {
			queue.finish(new Failure('timeout', `BuildKit at ${spokenTarget(target)} did not answer ${spokenMethod(method.path)} within ${timeoutMs / 1000} s`));
			call.cancel();
		}, timeoutMs);
		signal?.addEventListener('abort', give, {once: true});
		try {
			call.send([method.requestSerialize(request)]);
			call.end();
			for (let value = await queue.next(); value !== undefined; value = await queue.next()) yield value;
		} finally {
			clearTimeout(timer);
			signal?.removeEventListener('abort', give);
			call.cancel();
		}
	};

	return {
		target,
		unary: async (method, request, options = {}) => {
			let answer: unknown;
			for await (const value of open(method, request, options)) answer = value;
			if (answer === undefined) throw failureOf(target, method.path, {code: code.internal, details: 'there was no answer', origin: 'garbled'});
			return answer as ReturnType<typeof method.responseDeserialize>;
		},
		stream: (method, request, options = {}) => open(method, request, options),
		close: () => void current?.then(opened => opened.close(), () => {}),
	};
};

import {Metadata, type ServiceError} from '@grpc/grpc-js';
import {type Code, Failure} from '../../errors.ts';
import {plain} from '../../model/sanitize.ts';
import {code, type WireEnd} from '../grpc/index.ts';
import {spokenTarget, type Target} from './address.ts';
import {createChannel} from './channel.ts';
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

const codes: Readonly<Partial<Record<number, Code>>> = {
	...{1: 'unavailable', 3: 'invalid', 4: 'timeout', 5: 'not-found', 6: 'already-exists', 7: 'denied', 8: 'exhausted'},
	...{9: 'conflict', 10: 'conflict', 11: 'invalid', 12: 'unsupported', 14: 'unavailable', 16: 'denied'},
};

/** `/moby.buildkit.v1.Control/Solve` reads `Solve`. */
const spokenMethod = (path: string): string => path.slice(path.lastIndexOf('/') + 1);

const identity = (bytes: Buffer): Buffer => bytes;

const failureOf = (target: Target, path: string, end: WireEnd): Failure => {
	const where = `BuildKit at ${spokenTarget(target)}`;
	if (end.origin === 'garbled') return new Failure('internal', `What ${spokenTarget(target)} answered to ${spokenMethod(path)} is not what BuildKit answers: ${end.details}`, {hint: 'check that --buildkit-host names a BuildKit'});
	if (end.origin === 'wire') return new Failure('unavailable', `The connection to ${where} was lost: ${end.details}`);
	if (end.code === code.unimplemented) return new Failure('unsupported', `${where} does not offer ${spokenMethod(path)}`);
	const trouble = troubleIn(end.more);
	return withTrouble(codes[end.code] ?? 'internal', plain(spokenDetails(end.details)) || `${where} failed ${spokenMethod(path)} without saying why`, trouble);
};

const abortOf = (signal: AbortSignal): Error => (signal.reason instanceof Error && signal.reason.name === 'AbortError' ? signal.reason : new DOMException('The operation was aborted', 'AbortError'));

/** What grpc-js makes up itself when the connection fails it. A daemon can say the same: then it says more with it. */
const ofConnections: ReadonlySet<number> = new Set([code.cancelled, code.internal, code.unavailable]);

const endOf = ({code: number, details, metadata}: ServiceError): WireEnd => {
	const [more] = metadata.get('grpc-status-details-bin');
	const isSaid = !ofConnections.has(number) || Object.keys(metadata.getMap()).length > 0;
	return {code: number, details, origin: isSaid ? 'daemon' : 'wire', ...(Buffer.isBuffer(more) ? {more} : {})};
};

const isServiceError = (error: unknown): error is ServiceError => error instanceof Error && typeof (error as Partial<ServiceError>).code === 'number' && (error as Partial<ServiceError>).metadata !== undefined;

/** A lost connection is found again by the next call. */
export const createCaller = (target: Target): Caller => {
	const channel = createChannel(target);

	const explain = async (method: string, error: unknown, wasConnected: boolean, signal: AbortSignal | undefined): Promise<unknown> => {
		if (!isServiceError(error)) return error;
		const end = endOf(error);
		return (end.origin === 'wire' && !wasConnected ? await channel.obstacle(signal) : undefined) ?? failureOf(target, method, end);
	};

	const stream = async function* <Request, Response>(method: Method<Request, Response>, request: Request, {signal, timeoutMs}: CallOptions): AsyncGenerator<Response, void, void> {
		if (signal?.aborted) throw abortOf(signal);
		const client = await channel.client();
		const call = client.makeServerStreamRequest(method.path, method.requestSerialize, identity, request, new Metadata(), {});
		let isLate = false;
		const give = (): void => call.cancel();
		const timer = timeoutMs === undefined ? undefined : setTimeout(() => {
			isLate = true;
			call.cancel();
		}, timeoutMs);
		signal?.addEventListener('abort', give, {once: true});
		// A cancelled call reports its end by an error event, after nobody listens any more.
		call.on('error', () => {});
		try {
			for await (const bytes of call) {
				if (signal?.aborted) break;
				yield decode(method, bytes as Buffer);
			}
			if (signal?.aborted) throw abortOf(signal);
		} catch (error) {
			if (signal?.aborted) throw abortOf(signal);
			if (isLate) throw new Failure('timeout', `BuildKit at ${spokenTarget(target)} did not answer ${spokenMethod(method.path)} within ${(timeoutMs ?? 0) / 1000} s`);
			// Until there is one, the peer is where the channel wants to go.
			throw await explain(method.path, error, call.getPeer() !== client.getChannel().getTarget(), signal);
		} finally {
			clearTimeout(timer);
			signal?.removeEventListener('abort', give);
			call.cancel();
		}
	};

	const decode = <Request, Response>(method: Method<Request, Response>, bytes: Buffer): Response => {
		try {
			return method.responseDeserialize(bytes);
		} catch (error) {
			throw failureOf(target, method.path, {code: code.internal, details: String(error), origin: 'garbled'});
		}
	};

	return {
		target,
		unary: async (method, request, callOptions = {}) => {
			// As a stream of one: gRPC does not tell them apart, and so all calls fail, wait and end alike.
			for await (const value of stream(method, request, callOptions)) return value;
			throw failureOf(target, method.path, {code: code.internal, details: 'there was no answer', origin: 'garbled'});
		},
		stream: (method, request, callOptions = {}) => stream(method, request, callOptions),
		close: channel.close,
	};
};

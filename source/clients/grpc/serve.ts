import type {Duplex} from 'node:stream';
import {type Code, Failure, isAbort, messageOf} from '../../errors.ts';
import {createFrameReader, frameHead} from './frames.ts';
import {serveHttp2} from '../http2/index.ts';
import type {Http2Endpoint, Http2Request} from '../http2/index.ts';

export type ServerCall = {
	readonly path: string;
	/** Each name with its values as they were sent, never joined. */
	readonly metadata: ReadonlyMap<string, readonly string[]>;
	/** Aborts when the caller gives up or is gone. */
	readonly signal: AbortSignal;
	/** The request's bytes with gRPC's framing in them, for whoever takes large messages in pieces. Instead of `messages`, not beside it. */
	pieces(): AsyncIterable<readonly Buffer[]>;
	/** The messages, all that have come since the last time at once. */
	messages(): AsyncIterable<readonly Buffer[]>;
	/** One message, in pieces that nobody may change any more. */
	send(...pieces: readonly Uint8Array[]): void;
	/** Wait for this between messages, so that what waits stays bounded. */
	room(): Promise<void>;
};

/** Answers with status 0 when it returns; what it throws is the status. */
export type Handler = (call: ServerCall) => Promise<void>;

const maxMessageBytes = 16 * 1024 * 1024;

const statusOf: Readonly<Record<Code, number>> = {
	...{'not-found': 5, 'already-exists': 6, conflict: 9, invalid: 3, denied: 7, unavailable: 14},
	...{timeout: 4, exhausted: 8, unsupported: 12, internal: 13},
};

/** gRPC's own way of writing text where HTTP wants ASCII. */
const encodeMessage = (text: string): string =>
	[...Buffer.from(text)].map(byte => (byte >= 0x20 && byte < 0x7f && byte !== 0x25 ? String.fromCharCode(byte) : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`)).join('');

const trailersOf = (error: unknown): ReadonlyArray<readonly [string, string]> => {
	const code = error instanceof Failure ? statusOf[error.code] : isAbort(error) ? 1 : 2;
	return [['grpc-status', String(code)], ['grpc-message', encodeMessage(messageOf(error))]];
};

const contentType = ['content-type', 'application/grpc'] as const;

const metadataOf = ({headers}: Http2Request): ReadonlyMap<string, readonly string[]> => {
	const metadata = new Map<string, string[]>();
	for (const [name, value] of headers) metadata.set(name, [...(metadata.get(name) ?? []), value]);
	return metadata;
};

const callOf = (request: Http2Request): ServerCall => ({
	path: request.path,
	metadata: metadataOf(request),
	signal: request.signal,
	pieces: request.body,
	messages: async function* () {
		const reader = createFrameReader(maxMessageBytes);
		for await (const pieces of request.body()) {
			const messages = pieces.flatMap(piece => reader.push(piece));
			if (messages.length > 0) yield messages;
		}

		if (!reader.isEmpty()) throw new Failure('invalid', 'the last message is cut');
	},
	send: (...pieces) => {
		request.write(frameHead(pieces.reduce((sum, piece) => sum + piece.length, 0)));
		for (const piece of pieces) request.write(piece);
	},
	room: request.room,
});

const answer = async (request: Http2Request, handler: Handler | undefined): Promise<void> => {
	if (handler === undefined) return request.finish([contentType, ...trailersOf(new Failure('unsupported', `there is no ${request.path} here`))]);
	// At once: a client may wait for them before it sends anything.
	request.respond([contentType]);
	try {
		await handler(callOf(request));
		request.finish([['grpc-status', '0']]);
	} catch (error) {
		request.finish(trailersOf(error));
	}
};

/** A gRPC server for the one who is at the other end of the pipe. `handlers` goes by path, `/package.Service/Method`. */
export const serveGrpc = (pipe: Duplex, handlers: ReadonlyMap<string, Handler>): Http2Endpoint => serveHttp2(pipe, request => void answer(request, handlers.get(request.path)));

/** What we use of a generated method definition. */
type UnaryMethod<Request, Response> = {
	readonly path: string;
	readonly requestDeserialize: (bytes: Buffer) => Request;
	readonly responseSerialize: (response: Response) => Buffer;
};

/** A handler for one request and one answer, with the path that it is for. */
export const unaryHandler = <Request, Response>(
	method: UnaryMethod<Request, Response>,
	work: (request: Request, call: ServerCall) => Promise<Response>,
): readonly [string, Handler] => [
	method.path,
	async call => {
		for await (const [message] of call.messages()) {
			if (message === undefined) continue;
			call.send(method.responseSerialize(await work(method.requestDeserialize(message), call)));
			return;
		}

		throw new Failure('invalid', 'there was no request');
	},
];

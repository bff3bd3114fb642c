import type {Header} from './hpack.ts';

export type {Header} from './hpack.ts';

/** One stream that the other side opened. */
export type Http2Request = {
	/** As they came: order and repetitions are kept. */
	readonly headers: readonly Header[];
	readonly path: string;
	/** Aborts when the other side resets the stream, or the connection is lost, or the endpoint closed. */
	readonly signal: AbortSignal;
	/**
	What is sent to us, once, in the pieces that have come since the last ones were asked for. Asking again says that the earlier ones are
	dealt with: only then may the other side send as many bytes more. Throws when the stream is cut.
	*/
	body(): AsyncIterable<readonly Buffer[]>;
	respond(headers: readonly Header[]): void;
	write(piece: Uint8Array): void;
	/** Wait for this between writes, so that what waits stays bounded. */
	room(): Promise<void>;
	/** After everything that was written. Ends the stream; without `respond` before it, these are all there is. */
	finish(trailers: readonly Header[]): void;
	/** Cut it, with an HTTP/2 error code. */
	reset(code: number): void;
};

export type Http2Endpoint = {
	/** Resolves once, when the connection is over: with what broke it, if something did. */
	readonly closed: Promise<Error | undefined>;
	/** No more streams; what is under way is cut. */
	close(): void;
};

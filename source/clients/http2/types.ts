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

/** Why a stream of ours ended before the server had said all: its word, in HTTP/2's numbers, or a connection that is no more. */
export type Cut = {readonly kind: 'reset'; readonly code: number} | {readonly kind: 'lost'; readonly words: string | undefined};

export type StreamListener = {
	/** Each block of them: an answer's, and its trailers. */
	onHeaders(headers: readonly Header[]): void;
	onData(piece: Buffer): void;
	/** The server has said all. Nothing comes after it, as after `onCut`. */
	onEnd(): void;
	onCut(cut: Cut): void;
};

/** One stream that we opened. */
export type ClientStream = {
	/** Bytes that nobody may change any more. */
	write(piece: Uint8Array): void;
	/** No more of ours, after everything that was written. */
	end(): void;
	/** What is on its way still comes. */
	pause(): void;
	resume(): void;
	/** Nothing more, in either direction; the listener is not told. */
	cancel(): void;
};

export type Http2Client = {
	/** Calls the listener only after it has returned. */
	open(headers: readonly Header[], listener: StreamListener): ClientStream;
	/** Whether a stream can still be opened. */
	isOpen(): boolean;
	close(): void;
};

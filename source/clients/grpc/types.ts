import type {FrameReader} from './frames.ts';
import type {WireEnd} from './status.ts';

export type WireCallOptions = {
	/** One with several values is sent as often. */
	readonly headers?: Readonly<Record<string, string | string[]>>;
	readonly maxAnswerBytes?: number;
	/** For answers that are not wanted as whole messages; what it finds goes to `onMessage`. */
	readonly reader?: FrameReader;
	/** One message of the daemon's. */
	onMessage(bytes: Buffer): void;
	/** Once, never before `open` has returned, and nothing comes after it. */
	onEnd(end: WireEnd): void;
};

export type WireCall = {
	/** One message, in pieces that nobody may change any more. Nothing holds the sender back: it counts the answers. */
	send(pieces: readonly Uint8Array[]): void;
	/** No more messages; what was sent still arrives. */
	end(): void;
	/** The daemon is held back, as soon as what is on its way has come, and goes on. */
	pause(): void;
	resume(): void;
	/** Nothing more, at once, in either direction. */
	cancel(): void;
};

/** A way to a daemon's gRPC, which is opened when it is needed and again when it broke or was told to go away. */
export type Wire = {
	open(method: string, options: WireCallOptions): WireCall;
	/** Whether the next call goes over the connection that there is. */
	isOpen(): boolean;
	close(): void;
};

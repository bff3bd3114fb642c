import type {Socket} from 'node:net';
import {duplexPair} from 'node:stream';
import {onTestFinished} from 'vitest';
import {openWire, type WireEnd} from '../../../source/clients/grpc/index.ts';
import {type Handler, serveGrpc} from '../../../source/clients/grpc/index.ts';

/** One call as a daemon makes it through a session. */
export type PeerCall = {
	send(...pieces: readonly Uint8Array[]): void;
	/** The next message; undefined when the call has ended. */
	next(): Promise<Buffer | undefined>;
	end(): void;
	cancel(): void;
	readonly ended: Promise<WireEnd>;
};

/** A daemon's end of a session that offers these. */
export const peerOf = (...handlers: ReadonlyArray<readonly [string, Handler]>) => {
	const [ours, theirs] = duplexPair();
	serveGrpc(theirs, new Map(handlers));
	const grpc = openWire(() => ours as Socket);
	onTestFinished(() => grpc.close());
	return (path: string, headers: Readonly<Record<string, string | string[]>> = {}): PeerCall => {
		const messages: Buffer[] = [];
		const ended = Promise.withResolvers<WireEnd>();
		let isOver = false;
		let hear = Promise.withResolvers<void>();
		const notify = (): void => {
			hear.resolve();
			hear = Promise.withResolvers();
		};

		const call = grpc.open(path, {
			headers,
			onMessage: bytes => {
				messages.push(Buffer.from(bytes));
				notify();
			},
			onEnd: end => {
				isOver = true;
				ended.resolve(end);
				notify();
			},
		});
		return {
			send: (...pieces) => call.send(pieces),
			next: async () => {
				while (messages.length === 0 && !isOver) await hear.promise;
				return messages.shift();
			},
			end: call.end,
			cancel: call.cancel,
			ended: ended.promise,
		};
	};
};

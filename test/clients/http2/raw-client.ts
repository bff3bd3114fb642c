import {once} from 'node:events';
import {duplexPair} from 'node:stream';
import {serveHttp2} from '../../../source/clients/http2/endpoint.ts';
import {frame, frameType, settingsFrame} from '../../../source/clients/http2/frames.ts';
import {encodeHeaders, type Header} from '../../../source/clients/http2/hpack.ts';
import type {Http2Endpoint, Http2Request} from '../../../source/clients/http2/types.ts';

export type Received = {readonly type: number; readonly flags: number; readonly streamId: number; readonly payload: Buffer};

export type RawClient = {
	readonly endpoint: Http2Endpoint;
	/** Requests as the endpoint tells of them. */
	readonly requests: Http2Request[];
	send(...bytes: readonly Uint8Array[]): void;
	/** The next frame of this type; what comes before it is left out. */
	next(type: number): Promise<Received>;
	/** Everything that has come so far. */
	all(): readonly Received[];
	end(): void;
};

export const preface = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n');

export const request: readonly Header[] = [
	[':method', 'POST'],
	[':scheme', 'http'],
	[':path', '/a.B/C'],
	[':authority', 'localhost'],
];

export const headersFrame = (streamId: number, flags: number, headers: readonly Header[] = request): Buffer => frame(frameType.headers, flags, streamId, encodeHeaders(headers));

/** A client that says whatever bytes it is told to. With `isGreeted` it has said what every client says first. */
export const rawClient = (onRequest: (request: Http2Request) => void = () => {}, isGreeted = true): RawClient => {
	const [ours, theirs] = duplexPair({highWaterMark: 16 * 1024 * 1024});
	const requests: Http2Request[] = [];
	const received: Received[] = [];
	const endpoint = serveHttp2(theirs, asked => {
		requests.push(asked);
		onRequest(asked);
	});
	let held = Buffer.alloc(0);
	let seen = 0;
	ours.on('data', (bytes: Buffer) => {
		held = Buffer.concat([held, bytes]);
		while (held.length >= 9 && held.length >= 9 + held.readUIntBE(0, 3)) {
			const end = 9 + held.readUIntBE(0, 3);
			received.push({type: held[3]!, flags: held[4]!, streamId: held.readUInt32BE(5), payload: Buffer.from(held.subarray(9, end))});
			held = held.subarray(end);
		}

		ours.emit('frames');
	});
	if (isGreeted) ours.write(Buffer.concat([preface, settingsFrame([])]));
	return {
		endpoint,
		requests,
		send: (...bytes) => void ours.write(Buffer.concat(bytes)),
		next: async type => {
			for (;;) {
				while (seen < received.length) {
					const one = received[seen++]!;
					if (one.type === type) return one;
				}

				await once(ours, 'frames');
			}
		},
		all: () => received,
		end: () => void ours.end(),
	};
};

import {once} from 'node:events';
import {type ClientHttp2Session, connect, type IncomingHttpHeaders} from 'node:http2';
import {duplexPair} from 'node:stream';
import {createHash, randomBytes} from 'node:crypto';
import {buffer} from 'node:stream/consumers';
import {afterEach, describe, expect, test} from 'vitest';
import {serveHttp2} from '../../../source/clients/http2/endpoint.ts';
import type {Http2Request} from '../../../source/clients/http2/types.ts';

let session: ClientHttp2Session | undefined;

afterEach(() => session?.destroy());

const connected = (onRequest: (request: Http2Request) => void): ClientHttp2Session => {
	const [ours, theirs] = duplexPair();
	serveHttp2(theirs, onRequest);
	session = connect('http://localhost', {createConnection: () => ours, maxSessionMemory: 1000});
	return session;
};

const echo = async (asked: Http2Request): Promise<void> => {
	asked.respond([['content-type', 'application/grpc']]);
	for await (const pieces of asked.body()) {
		for (const piece of pieces) asked.write(piece);
		await asked.room();
	}

	asked.finish([['grpc-status', '0'], ['grpc-message', 'fine']]);
};

describe('the endpoint and Node’s client', () => {
	test('megabytes there and back, on several streams at once', async () => {
		const client = connected(asked => void echo(asked));
		const sent = Array.from({length: 4}, () => randomBytes(3_000_000));
		const got = await Promise.all(
			sent.map(async bytes => {
				const stream = client.request({':method': 'POST', ':path': '/x.Y/Z'});
				const trailers = once(stream, 'trailers') as Promise<[IncomingHttpHeaders]>;
				stream.end(bytes);
				const body = await buffer(stream);
				return [createHash('sha256').update(body).digest('hex'), (await trailers)[0]['grpc-message']];
			}),
		);
		expect(got).toEqual(sent.map(bytes => [createHash('sha256').update(bytes).digest('hex'), 'fine']));
	});

	test('headers as nghttp2 packs them, repeated, long and often', async () => {
		const seen: Array<readonly string[]> = [];
		const client = connected(asked => {
			seen.push(asked.headers.filter(([name]) => name === 'x-many').map(([, value]) => value));
			asked.finish([['grpc-status', '0']]);
		});
		const printable = Array.from({length: 94}, (_, index) => String.fromCharCode(33 + index)).join('');
		const values = [printable, 'a, b', 'c'.repeat(20_000), ''];
		for (let turn = 0; turn < 3; turn++) {
			const stream = client.request({':method': 'POST', ':path': `/turn/${turn}`, 'x-many': values});
			stream.end();
			await buffer(stream);
		}

		expect(seen).toEqual([values, values, values]);
	});

	test('a client that cancels', async () => {
		const cut = Promise.withResolvers<void>();
		const client = connected(asked => {
			asked.signal.addEventListener('abort', () => cut.resolve());
			asked.respond([]);
		});
		const stream = client.request({':method': 'POST', ':path': '/a'});
		await once(stream, 'response');
		stream.close(8);
		await cut.promise;
	});
});

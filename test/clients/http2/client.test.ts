import {once} from 'node:events';
import {createServer} from 'node:http2';
import {connect, createServer as createSocketServer, type Server} from 'node:net';
import {mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {type Duplex, duplexPair} from 'node:stream';
import {describe, expect, onTestFinished, test} from 'vitest';
import {connectHttp2} from '../../../source/clients/http2/client.ts';
import {serveHttp2} from '../../../source/clients/http2/endpoint.ts';
import {errorCode, flag, frame, frameType, headerFrames, numberFrame, setting, settingsFrame} from '../../../source/clients/http2/frames.ts';
import {encodeHeaders, type Header} from '../../../source/clients/http2/hpack.ts';
import type {ClientStream, Cut, Http2Client} from '../../../source/clients/http2/types.ts';
import {preface, type Received} from './raw-client.ts';

const request: readonly Header[] = [[':method', 'POST'], [':scheme', 'http'], [':path', '/a.B/C'], [':authority', 'localhost']];
const answer: readonly Header[] = [[':status', '200'], ['content-type', 'application/grpc']];
const trailers: readonly Header[] = [['grpc-status', '0']];

/** What a stream has been told, in order: `headers`, `end`, and cuts. */
type Told = {readonly stream: ClientStream; readonly blocks: Array<readonly Header[]>; readonly bytes: () => Buffer; readonly over: Promise<Cut | 'end'>; isOver: boolean};

const ask = (client: Http2Client, headers = request): Told => {
	const blocks: Array<readonly Header[]> = [];
	const pieces: Buffer[] = [];
	const over = Promise.withResolvers<Cut | 'end'>();
	const told = {
		blocks,
		bytes: () => Buffer.concat(pieces),
		over: over.promise,
		isOver: false,
		stream: client.open(headers, {
			onHeaders: block => void blocks.push(block),
			onData: piece => void pieces.push(Buffer.from(piece)),
			onEnd: () => over.resolve('end'),
			onCut: cut => over.resolve(cut),
		}),
	};
	void over.promise.then(() => {
		told.isOver = true;
	});
	return told;
};

/** A server that says whatever bytes it is told to. */
const rawServer = (...settings: ReadonlyArray<readonly [number, number]>) => {
	const [ours, theirs] = duplexPair({highWaterMark: 16 * 1024 * 1024});
	const received: Received[] = [];
	let held = Buffer.alloc(0);
	let isGreeted = false;
	ours.on('data', (bytes: Buffer) => {
		held = Buffer.concat([held, bytes]);
		if (!isGreeted && held.length >= preface.length) {
			isGreeted = true;
			expect(held.subarray(0, preface.length)).toEqual(preface);
			held = held.subarray(preface.length);
		}
		while (isGreeted && held.length >= 9 && held.length >= 9 + held.readUIntBE(0, 3)) {
			const end = 9 + held.readUIntBE(0, 3);
			received.push({type: held[3]!, flags: held[4]!, streamId: held.readUInt32BE(5), payload: Buffer.from(held.subarray(9, end))});
			held = held.subarray(end);
		}
		ours.emit('frames');
	});
	const client = connectHttp2(theirs);
	onTestFinished(() => client.close());
	ours.write(settingsFrame(settings));
	const seen = (type: number, streamId?: number): readonly Received[] => received.filter(each => each.type === type && (streamId === undefined || each.streamId === streamId));
	return {
		client,
		seen,
		send: (...frames: readonly Uint8Array[]) => void ours.write(Buffer.concat(frames)),
		until: async (isSo: () => boolean) => {
			while (!isSo()) await once(ours, 'frames');
		},
		hangUp: () => void ours.destroy(),
		/** All that was sent before has been dealt with when this is answered. */
		async settle() {
			const before = seen(frameType.ping).length;
			ours.write(frame(frameType.ping, 0, 0, Buffer.alloc(8)));
			while (seen(frameType.ping).length === before) await once(ours, 'frames');
		},
	};
};

const headers = (streamId: number, block: readonly Header[], isLast = false): Buffer => Buffer.concat(headerFrames(encodeHeaders(block), streamId, isLast, 16_384));
const data = (streamId: number, bytes: Uint8Array, flags = 0): Buffer => frame(frameType.data, flags, streamId, bytes);
const endHeadersOnly = flag.endHeaders;

describe('a stream', () => {
	test('has an answer: headers, bytes, trailers, end', async () => {
		const {client, send, until, seen} = rawServer();
		const told = ask(client);
		told.stream.write(Buffer.from('question'));
		told.stream.end();
		await until(() => seen(frameType.data, 1).some(({flags}) => (flags & flag.endStream) !== 0));
		expect(Buffer.concat(seen(frameType.data, 1).map(({payload}) => payload)).toString()).toBe('question');
		send(headers(1, answer), data(1, Buffer.from('ans')), data(1, Buffer.from('wer')), headers(1, trailers, true));
		expect(await told.over).toBe('end');
		expect(told.blocks).toEqual([answer, trailers]);
		expect(told.bytes().toString()).toBe('answer');
		expect(seen(frameType.reset)).toEqual([]);
	});

	test('whose headers come in pieces, and whose bytes are padded', async () => {
		const {client, send} = rawServer();
		const told = ask(client);
		const long: Header = ['grpc-message', 'x'.repeat(40_000)];
		send(headers(1, answer), data(1, Buffer.from([3, 65, 66, 0, 0, 0]), flag.padded), ...headerFrames(encodeHeaders([...trailers, long]), 1, true, 16_384));
		expect(await told.over).toBe('end');
		expect(told.bytes().toString()).toBe('AB');
		expect(told.blocks[1]).toEqual([...trailers, long]);
	});

	test('that is answered before all was asked is cut on our side, since nobody listens', async () => {
		const {client, send, settle, seen} = rawServer();
		const told = ask(client);
		send(headers(1, [...answer, ...trailers], true));
		expect(await told.over).toBe('end');
		await settle();
		expect(seen(frameType.reset, 1).map(({payload}) => payload.readUInt32BE(0))).toEqual([errorCode.cancel]);
	});

	test('that is given up is cut, and what comes all the same is nobody’s', async () => {
		const {client, send, settle, seen} = rawServer();
		const told = ask(client);
		told.stream.cancel();
		told.stream.cancel();
		send(headers(1, answer), data(1, Buffer.from('late')), numberFrame(frameType.reset, 1, errorCode.none));
		await settle();
		expect(told.blocks).toEqual([]);
		expect(told.isOver).toBe(false);
		expect(seen(frameType.reset, 1)).toHaveLength(1);
		expect(client.isOpen()).toBe(true);
	});

	test('that the server cuts says with which word', async () => {
		const {client, send} = rawServer();
		const told = ask(client);
		send(numberFrame(frameType.reset, 1, errorCode.enhanceYourCalm));
		expect(await told.over).toEqual({kind: 'reset', code: errorCode.enhanceYourCalm});
	});

	test('that is paused is given no more than its window, and goes on', async () => {
		const {client, send, settle, seen} = rawServer();
		const told = ask(client);
		const block = Buffer.alloc(16_384);
		told.stream.pause();
		send(headers(1, answer), ...Array.from({length: 16}, () => data(1, block)));
		await settle();
		expect(told.bytes()).toHaveLength(256 * 1024);
		expect(seen(frameType.windowUpdate, 1)).toEqual([]);
		told.stream.resume();
		await settle();
		expect(seen(frameType.windowUpdate, 1).reduce((sum, {payload}) => sum + payload.readUInt32BE(0), 0)).toBe(256 * 1024);
	});
});

describe('a connection', () => {
	test('on which the server wants one stream at a time', async () => {
		const {client, send, settle, until, seen} = rawServer([setting.maxConcurrentStreams, 1]);
		await settle();
		const [first, second, third] = [ask(client), ask(client), ask(client)] as const;
		for (const each of [first, second, third]) each.stream.end();
		second.stream.cancel();
		await settle();
		expect(seen(frameType.headers).map(({streamId}) => streamId)).toEqual([1]);
		send(headers(1, [...answer, ...trailers], true));
		expect(await first.over).toBe('end');
		await until(() => seen(frameType.headers).length === 2);
		// The one that was given up was never begun, and takes no number.
		send(headers(3, [...answer, ...trailers], true));
		expect(await third.over).toBe('end');
		expect(second.isOver).toBe(false);
	});

	test('that is told to go away ends what it has begun, and begins nothing', async () => {
		const {client, send, until, seen} = rawServer();
		const [first, second] = [ask(client), ask(client)];
		const goAway = Buffer.alloc(8);
		goAway.writeUInt32BE(1, 0);
		send(frame(frameType.goAway, 0, 0, Buffer.concat([goAway, Buffer.from('bye')])));
		expect(await second.over).toEqual({kind: 'lost', words: 'bye'});
		expect(client.isOpen()).toBe(false);
		send(headers(1, [...answer, ...trailers], true));
		expect(await first.over).toBe('end');
		await until(() => seen(frameType.reset, 1).length === 1);
	});

	test('that breaks cuts all, and those that wait', async () => {
		const {client, settle, hangUp} = rawServer([setting.maxConcurrentStreams, 1]);
		await settle();
		const [first, second] = [ask(client), ask(client)];
		hangUp();
		for (const each of [first, second]) expect(await each.over).toMatchObject({kind: 'lost'});
		expect(client.isOpen()).toBe(false);
	});

	test.each<[string, readonly Uint8Array[], number]>([
		['headers of a stream that was not opened', [headers(3, answer)], errorCode.protocol],
		['headers of a stream of its own', [headers(2, answer)], errorCode.protocol],
		['a push', [frame(frameType.pushPromise, endHeadersOnly, 1, Buffer.alloc(4))], errorCode.protocol],
		['data of no stream', [data(5, Buffer.from('x'))], errorCode.protocol],
		['a frame of more than was agreed', [frame(frameType.data, 0, 1, Buffer.alloc(16_385))], errorCode.frameSize],
		['no HPACK', [frame(frameType.headers, flag.endHeaders, 1, Buffer.from([0xff, 0xff, 0xff, 0xff, 0xff, 0xff]))], errorCode.compression],
		['a window beyond what there may be', [numberFrame(frameType.windowUpdate, 0, 2 ** 31 - 1)], errorCode.flowControl],
		['a short goodbye', [frame(frameType.goAway, 0, 0, Buffer.alloc(4))], errorCode.frameSize],
	])('whose server sends %s is left, with the reason', async (_name, frames, code) => {
		const {client, send, until, seen} = rawServer();
		const told = ask(client);
		send(...frames);
		expect(await told.over).toMatchObject({kind: 'lost', words: expect.stringMatching(/./)});
		await until(() => seen(frameType.goAway).length > 0);
		expect(seen(frameType.goAway)[0]?.payload.readUInt32BE(4)).toBe(code);
		expect(client.isOpen()).toBe(false);
	});

	test('on which a stream is sent more than its window loses that stream alone', async () => {
		const {client, send, settle, seen} = rawServer();
		const [first, second] = [ask(client), ask(client)];
		first.stream.pause();
		const block = Buffer.alloc(16_384);
		send(headers(1, answer), ...Array.from({length: 17}, () => data(1, block)), headers(3, [...answer, ...trailers], true));
		expect(await first.over).toEqual({kind: 'reset', code: errorCode.flowControl});
		expect(await second.over).toBe('end');
		await settle();
		expect(seen(frameType.reset, 1).map(({payload}) => payload.readUInt32BE(0))).toEqual([errorCode.flowControl]);
		expect(client.isOpen()).toBe(true);
	});
});

/** Bytes that say where they are, so that none can be lost or change places. */
const patterned = (length: number): Buffer => {
	const bytes = Buffer.alloc(length);
	for (let at = 0; at + 4 <= length; at += 4) bytes.writeUInt32BE(at, at);
	return bytes;
};

const echoOverOurs = (pipe: Duplex): void => {
	serveHttp2(pipe, async asked => {
		asked.respond([['content-type', 'application/grpc']]);
		for await (const pieces of asked.body()) {
			for (const piece of pieces) asked.write(piece);
			await asked.room();
		}
		asked.finish(trailers);
	});
};

const listening = async (listen: (path: string) => Server): Promise<Duplex> => {
	const folder = mkdtempSync(join(tmpdir(), 'gantry-http2-'));
	const path = join(folder, 's');
	const server = listen(path);
	await once(server, 'listening');
	const socket = connect({path});
	onTestFinished(() => {
		socket.destroy();
		server.close();
		rmSync(folder, {recursive: true});
	});
	return socket;
};

describe.each<[string, () => Promise<Duplex>]>([
	['our own server in this process', async () => {
		const [ours, theirs] = duplexPair();
		echoOverOurs(ours);
		return theirs;
	}],
	['our own server over a socket', () => listening(path => createSocketServer(echoOverOurs).listen(path))],
	['Node’s server', () => listening(path => {
		const server = createServer();
		server.on('stream', stream => {
			stream.respond({':status': 200, 'content-type': 'application/grpc'}, {waitForTrailers: true});
			stream.on('wantTrailers', () => stream.sendTrailers({'grpc-status': '0'}));
			stream.pipe(stream);
		});
		return server.listen(path);
	})],
])('megabytes to and from %s', (_name, connected) => {
	test('come back as they were, of several streams at once', async () => {
		const client = connectHttp2(await connected());
		onTestFinished(() => client.close());
		const sent = [3_000_001, 1_234_567, 5, 0].map(patterned);
		const all = sent.map(bytes => {
			const told = ask(client);
			for (let at = 0; at < bytes.length; at += 100_000) told.stream.write(bytes.subarray(at, at + 100_000));
			told.stream.end();
			return told;
		});
		for (const [at, told] of all.entries()) {
			expect(await told.over).toBe('end');
			expect(told.bytes().equals(sent[at]!)).toBe(true);
			expect(told.blocks.at(-1)?.find(([name]) => name === 'grpc-status')?.[1]).toBe('0');
		}
	});
});

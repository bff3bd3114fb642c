import {describe, expect, test} from 'vitest';
import {errorCode, flag, frame, frameType, numberFrame, setting, settingsFrame} from '../../../source/clients/http2/frames.ts';
import {encodeHeaders} from '../../../source/clients/http2/hpack.ts';
import type {Http2Request} from '../../../source/clients/http2/types.ts';
import {headersFrame, preface, rawClient, type Received, request} from './raw-client.ts';

const data = (streamId: number, bytes: string | Uint8Array, flags = 0): Buffer => frame(frameType.data, flags, streamId, Buffer.from(bytes));

const bodyOf = async (asked: Http2Request): Promise<string> => {
	const pieces: Buffer[] = [];
	for await (const some of asked.body()) pieces.push(...some);
	return Buffer.concat(pieces).toString();
};

/** Echoes what it was sent. */
const echo = (asked: Http2Request): void => {
	void bodyOf(asked).then(
		body => {
			asked.respond([['content-type', 'application/grpc']]);
			asked.write(Buffer.from(body));
			asked.finish([['grpc-status', '0']]);
		},
		() => {},
	);
};

const goAwayCode = ({payload}: Received): number => payload.readUInt32BE(4);

describe('the HTTP/2 endpoint', () => {
	test('greets with its settings and answers settings and pings', async () => {
		const client = rawClient();
		const settings = await client.next(frameType.settings);
		expect(settings.payload.length % 6).toBe(0);
		expect(await client.next(frameType.settings)).toMatchObject({flags: flag.ack, payload: Buffer.alloc(0)});
		client.send(frame(frameType.ping, 0, 0, Buffer.from('12345678')));
		expect(await client.next(frameType.ping)).toMatchObject({flags: flag.ack, payload: Buffer.from('12345678')});
	});

	test.each([1, 2, 3, 7, 9, 64])('reads a request that comes in pieces of %i bytes', async step => {
		const client = rawClient(echo, false);
		const bytes = Buffer.concat([preface, settingsFrame([]), headersFrame(1, flag.endHeaders), data(1, 'hello '), data(1, 'world', flag.endStream)]);
		for (let at = 0; at < bytes.length; at += step) client.send(bytes.subarray(at, at + step));
		expect((await client.next(frameType.data)).payload.toString()).toBe('hello world');
		expect(await client.next(frameType.headers)).toMatchObject({flags: flag.endHeaders | flag.endStream, streamId: 1});
	});

	test('keeps repeated headers apart, and takes them from a block cut into continuations', async () => {
		const client = rawClient();
		const block = encodeHeaders([...request, ['followpaths', 'a, b'], ['followpaths', 'c']]);
		client.send(frame(frameType.headers, 0, 1, block.subarray(0, 10)), frame(frameType.continuation, 0, 1, block.subarray(10, 11)));
		client.send(frame(frameType.continuation, flag.endHeaders, 1, block.subarray(11)));
		client.send(frame(frameType.ping, 0, 0, Buffer.alloc(8)));
		await client.next(frameType.ping);
		expect(client.requests[0]?.path).toBe('/a.B/C');
		expect(client.requests[0]?.headers.filter(([name]) => name === 'followpaths')).toEqual([['followpaths', 'a, b'], ['followpaths', 'c']]);
	});

	test('leaves out padding and priorities', async () => {
		const client = rawClient(echo);
		const padded = Buffer.concat([Buffer.from([3]), Buffer.alloc(5), encodeHeaders(request), Buffer.alloc(3)]);
		client.send(frame(frameType.headers, flag.padded | flag.priority | flag.endHeaders, 1, padded));
		client.send(frame(frameType.data, flag.padded, 1, Buffer.from([4, 0x61, 0x62, 0, 0, 0, 0])), frame(frameType.data, flag.padded, 1, Buffer.from([0])));
		client.send(frame(frameType.priority, 0, 1, Buffer.alloc(5)), frame(99, 0xff, 1, Buffer.from('unknown')));
		client.send(frame(frameType.data, flag.padded | flag.endStream, 1, Buffer.from([1, 0x63, 0])));
		expect((await client.next(frameType.data)).payload.toString()).toBe('abc');
	});

	test('trailers end a request', async () => {
		const client = rawClient(echo);
		client.send(headersFrame(1, flag.endHeaders), data(1, 'x'), headersFrame(1, flag.endHeaders | flag.endStream, [['a', 'b']]));
		expect((await client.next(frameType.data)).payload.toString()).toBe('x');
	});

	test('sends no more than the windows of stream and connection allow, and goes on when they widen', async () => {
		const client = rawClient(asked => {
			asked.respond([]);
			asked.write(Buffer.alloc(100_000, 'z'));
			asked.finish([['grpc-status', '0']]);
		});
		client.send(settingsFrame([[setting.initialWindowSize, 10]]), headersFrame(1, flag.endHeaders | flag.endStream));
		expect((await client.next(frameType.data)).payload).toHaveLength(10);
		client.send(settingsFrame([[setting.initialWindowSize, 15]]));
		expect((await client.next(frameType.data)).payload).toHaveLength(5);
		client.send(numberFrame(frameType.windowUpdate, 1, 1_000_000));
		let got = 15;
		while (got < 65_535) got += (await client.next(frameType.data)).payload.length;
		expect(got).toBe(65_535);
		client.send(numberFrame(frameType.windowUpdate, 0, 1_000_000));
		while (got < 100_000) {
			const {payload} = await client.next(frameType.data);
			expect(payload.length).toBeLessThanOrEqual(16_384);
			got += payload.length;
		}

		expect(got).toBe(100_000);
		expect(await client.next(frameType.headers)).toMatchObject({streamId: 1});
	});

	test('a window may fall below zero by settings, and nothing is sent until it is above', async () => {
		const client = rawClient(asked => {
			asked.respond([]);
			asked.write(Buffer.alloc(30, 'z'));
		});
		client.send(settingsFrame([[setting.initialWindowSize, 20]]), headersFrame(1, flag.endHeaders | flag.endStream));
		expect((await client.next(frameType.data)).payload).toHaveLength(20);
		client.send(settingsFrame([[setting.initialWindowSize, 0]]), numberFrame(frameType.windowUpdate, 1, 20), frame(frameType.ping, 0, 0, Buffer.alloc(8)));
		await client.next(frameType.ping);
		expect(client.all().filter(({type}) => type === frameType.data)).toHaveLength(1);
		client.send(numberFrame(frameType.windowUpdate, 1, 4));
		expect((await client.next(frameType.data)).payload).toHaveLength(4);
	});

	test('streams take turns', async () => {
		const client = rawClient(asked => {
			asked.respond([]);
			asked.write(Buffer.alloc(400_000));
			asked.finish([]);
		});
		client.send(settingsFrame([[setting.initialWindowSize, 1_000_000]]), numberFrame(frameType.windowUpdate, 0, 10_000_000));
		client.send(headersFrame(1, flag.endHeaders | flag.endStream), headersFrame(3, flag.endHeaders | flag.endStream));
		while ((await client.next(frameType.headers)).flags !== (flag.endHeaders | flag.endStream));
		const order = client.all().filter(({type}) => type === frameType.data).map(({streamId}) => streamId);
		expect(order.indexOf(3)).toBeLessThan(8);
	});

	test('gives back the window of a stream only for what was read, and of the connection always', async () => {
		let asked: Http2Request | undefined;
		const client = rawClient(got => {
			asked = got;
		});
		client.send(headersFrame(1, flag.endHeaders));
		await client.next(frameType.windowUpdate);
		for (let sent = 0; sent < 4 * 1024 * 1024; sent += 16_384) client.send(data(1, Buffer.alloc(16_384)));
		client.send(frame(frameType.ping, 0, 0, Buffer.alloc(8)));
		await client.next(frameType.ping);
		expect(client.all().filter(({type, streamId}) => type === frameType.windowUpdate && streamId === 1)).toEqual([]);
		const body = asked!.body()[Symbol.asyncIterator]();
		await body.next();
		void body.next();
		expect((await client.next(frameType.windowUpdate)).payload.readUInt32BE(0)).toBe(4 * 1024 * 1024);
		client.send(data(1, Buffer.alloc(16_384)), frame(frameType.ping, 0, 0, Buffer.alloc(8)));
		expect(await client.next(frameType.ping)).toBeDefined();
	});

	test('a stream that sends more than its window is cut, and the others live', async () => {
		const client = rawClient(() => {});
		client.send(headersFrame(1, flag.endHeaders), headersFrame(3, flag.endHeaders));
		for (let sent = 0; sent <= 4 * 1024 * 1024; sent += 16_384) client.send(data(1, Buffer.alloc(16_384)));
		expect((await client.next(frameType.reset)).payload.readUInt32BE(0)).toBe(errorCode.flowControl);
		expect(client.requests.map(({signal}) => signal.aborted)).toEqual([true, false]);
	});

	test('a reset aborts the stream and what it waits for', async () => {
		const failed = Promise.withResolvers<unknown>();
		const client = rawClient(asked => void bodyOf(asked).catch(failed.resolve));
		client.send(headersFrame(1, flag.endHeaders), numberFrame(frameType.reset, 1, errorCode.cancel));
		expect(await failed.promise).toMatchObject({message: 'the other side cut the stream with HTTP/2 code 8'});
		expect(client.requests[0]?.signal.aborted).toBe(true);
		await client.requests[0]?.room();
	});

	test('an answer before the request has ended says that the rest is not needed', async () => {
		const client = rawClient(asked => asked.finish([['grpc-status', '5']]));
		client.send(headersFrame(1, flag.endHeaders));
		expect(await client.next(frameType.headers)).toMatchObject({flags: flag.endHeaders | flag.endStream});
		expect((await client.next(frameType.reset)).payload.readUInt32BE(0)).toBe(errorCode.none);
		client.send(data(1, 'late'), frame(frameType.ping, 0, 0, Buffer.alloc(8)));
		await client.next(frameType.ping);
	});

	test.each<[string, readonly Buffer[], number]>([
		['another protocol', [Buffer.from('GET / HTTP/1.1\r\n\r\n')], errorCode.protocol],
		['data on no stream', [preface, data(0, 'x')], errorCode.protocol],
		['data of a stream that is not open', [preface, data(1, 'x')], errorCode.protocol],
		['headers on no stream', [preface, headersFrame(0, flag.endHeaders)], errorCode.protocol],
		['an even stream', [preface, headersFrame(2, flag.endHeaders)], errorCode.protocol],
		['a continuation of nothing', [preface, frame(frameType.continuation, 0, 1)], errorCode.protocol],
		['a ping between headers', [preface, headersFrame(1, 0), frame(frameType.ping, 0, 0, Buffer.alloc(8))], errorCode.protocol],
		['data between headers', [preface, headersFrame(1, flag.endHeaders), headersFrame(3, 0), data(1, 'x')], errorCode.protocol],
		['headers of another stream between', [preface, headersFrame(1, 0), frame(frameType.continuation, flag.endHeaders, 3)], errorCode.protocol],
		['a frame too large', [preface, Buffer.from([0, 0x40, 1, 0, 0, 0, 0, 0, 1])], errorCode.frameSize],
		['settings of a wrong size', [preface, frame(frameType.settings, 0, 0, Buffer.alloc(5))], errorCode.frameSize],
		['an acknowledgement with content', [preface, frame(frameType.settings, flag.ack, 0, Buffer.alloc(6))], errorCode.frameSize],
		['a ping of a wrong size', [preface, frame(frameType.ping, 0, 0, Buffer.alloc(7))], errorCode.frameSize],
		['a ping of a stream', [preface, frame(frameType.ping, 0, 1, Buffer.alloc(8))], errorCode.protocol],
		['settings of a stream', [preface, frame(frameType.settings, 0, 1)], errorCode.protocol],
		['a window beyond 2^31', [preface, numberFrame(frameType.windowUpdate, 0, 2 ** 31 - 1)], errorCode.flowControl],
		['a window wider by nothing', [preface, numberFrame(frameType.windowUpdate, 0, 0)], errorCode.protocol],
		['a window setting beyond 2^31', [preface, settingsFrame([[setting.initialWindowSize, 2 ** 31]])], errorCode.flowControl],
		['frames smaller than all must take', [preface, settingsFrame([[setting.maxFrameSize, 100]])], errorCode.protocol],
		['a reset of no stream', [preface, numberFrame(frameType.reset, 1, 0)], errorCode.protocol],
		['a push from a client', [preface, frame(frameType.pushPromise, 0, 1, Buffer.alloc(4))], errorCode.protocol],
		['more padding than bytes', [preface, headersFrame(1, flag.endHeaders), frame(frameType.data, flag.padded, 1, Buffer.from([9, 0]))], errorCode.protocol],
		['headers that are no HPACK', [preface, frame(frameType.headers, flag.endHeaders, 1, Buffer.from([0x80]))], errorCode.compression],
		['continuations without an end', [preface, headersFrame(1, 0), ...Array.from({length: 300}, () => frame(frameType.continuation, 0, 1, Buffer.alloc(16_000)))], errorCode.enhanceYourCalm],
	])('says good-bye to %s', async (_what, bytes, code) => {
		const client = rawClient(() => {}, false);
		client.send(...bytes);
		expect(goAwayCode(await client.next(frameType.goAway))).toBe(code);
		expect(await client.endpoint.closed).toBeInstanceOf(Error);
	});

	test.each<[string, readonly Buffer[], number]>([
		['headers in the middle', [headersFrame(1, flag.endHeaders), headersFrame(1, flag.endHeaders)], errorCode.protocol],
		['data after the end', [headersFrame(1, flag.endHeaders | flag.endStream), data(1, 'x')], errorCode.streamClosed],
		['no path', [headersFrame(1, flag.endHeaders, [[':method', 'POST']])], errorCode.protocol],
		['a window beyond 2^31', [headersFrame(1, flag.endHeaders), numberFrame(frameType.windowUpdate, 1, 2 ** 31 - 1)], errorCode.flowControl],
	])('cuts a stream that has %s, and nothing else', async (_what, bytes, code) => {
		const client = rawClient();
		client.send(...bytes);
		expect((await client.next(frameType.reset)).payload.readUInt32BE(0)).toBe(code);
		client.send(frame(frameType.ping, 0, 0, Buffer.alloc(8)));
		await client.next(frameType.ping);
	});

	test('closing cuts what is under way and says so', async () => {
		const client = rawClient();
		client.send(headersFrame(1, flag.endHeaders), frame(frameType.ping, 0, 0, Buffer.alloc(8)));
		await client.next(frameType.ping);
		client.endpoint.close();
		expect(goAwayCode(await client.next(frameType.goAway))).toBe(errorCode.none);
		expect(client.requests[0]?.signal.aborted).toBe(true);
		expect(await client.endpoint.closed).toBeUndefined();
	});

	test('the end of the pipe ends everything', async () => {
		const client = rawClient();
		client.send(headersFrame(1, flag.endHeaders));
		client.end();
		expect(await client.endpoint.closed).toBeUndefined();
		expect(client.requests[0]?.signal.aborted).toBe(true);
	});
});

import {connect} from 'node:net';

/**
Just enough HTTP/2 (RFC 9113) to ask a gRPC daemon on a local socket a few questions before anything heavy is loaded: node:http2 brings TLS
and crypto along, and takes as long to load as half of Node. Headers of the daemon's are not read: an answer is a whole message and the end
of its stream, and all else is a failure.
*/
export type GlanceWire = {
	ask(namespace: string | undefined, path: string, message: Uint8Array): Promise<Buffer>;
	close(): void;
};

const frame = {data: 0, headers: 1, reset: 3, settings: 4, ping: 6, goAway: 7, windowUpdate: 8} as const;
const flag = {endStream: 1, ack: 1, endHeaders: 4, padded: 8} as const;

const headBytes = 9;
const connectionStream = 0;

const framed = (type: number, flags: number, stream: number, payload: Buffer): Buffer => {
	const head = Buffer.alloc(headBytes);
	head.writeUIntBE(payload.length, 0, 3);
	head[3] = type;
	head[4] = flags;
	head.writeUInt32BE(stream, 5);
	return Buffer.concat([head, payload]);
};

/** What the daemon may send unasked, per stream and for all of them. */
const windowBytes = 8 * 1024 * 1024;

const unsigned = (value: number): Buffer => {
	const bytes = Buffer.alloc(4);
	bytes.writeUInt32BE(value);
	return bytes;
};

const setting = (id: number, value: number): Buffer => Buffer.concat([Buffer.from([0, id]), unsigned(value)]);

/** HEADER_TABLE_SIZE, ENABLE_PUSH and INITIAL_WINDOW_SIZE. */
const hello = Buffer.concat([
	Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'),
	framed(frame.settings, 0, connectionStream, Buffer.concat([setting(1, 0), setting(2, 0), setting(4, windowBytes)])),
	framed(frame.windowUpdate, 0, connectionStream, unsigned(windowBytes)),
]);

/** More than SETTINGS_MAX_FRAME_SIZE, which we leave as it is: whoever sends that speaks something else. */
const mostFrameBytes = 16_384;

/** HPACK's shortest form of a length: what is longer takes more bytes, which nothing here needs. */
const mostLength = 126;

const literal = (text: string): Buffer => {
	const bytes = Buffer.from(text);
	if (bytes.length > mostLength) throw new Error(`${text} is too long for a first look`);
	return Buffer.concat([Buffer.from([bytes.length]), bytes]);
};

/** HPACK without tables and without Huffman (RFC 7541 §6.2.2); 0x83 is `:method: POST`, 0x86 `:scheme: http`. */
const headerBlock = (headers: Readonly<Record<string, string>>): Buffer =>
	Buffer.concat([Buffer.from([0x83, 0x86]), ...Object.entries(headers).flatMap(([name, value]) => [Buffer.from([0]), literal(name), literal(value)])]);

/** Before a gRPC message: whether it is compressed, and how long it is. */
const messageHeadBytes = 5;

const asMessage = (message: Uint8Array): Buffer => Buffer.concat([Buffer.from([0]), unsigned(message.length), message]);

/** The one message of a whole answer; undefined when it is not that. */
const messageIn = (answer: Buffer): Buffer | undefined =>
	answer.length >= messageHeadBytes && answer[0] === 0 && answer.readUInt32BE(1) === answer.length - messageHeadBytes ? answer.subarray(messageHeadBytes) : undefined;

type Question = {readonly pieces: Buffer[]; bytes: number; readonly resolve: (answer: Buffer) => void; readonly reject: (error: Error) => void};

export const openGlanceWire = (path: string, maxAnswerBytes: number): GlanceWire => {
	const socket = connect({path});
	socket.write(hello);
	const questions = new Map<number, Question>();
	let nextStream = 1;
	let unread: Buffer = Buffer.alloc(0);
	let ended: Error | undefined;

	const fail = (error: Error): void => {
		ended ??= error;
		for (const {reject} of questions.values()) reject(ended);
		questions.clear();
		socket.destroy();
	};

	const finish = (stream: number): void => {
		const question = questions.get(stream);
		questions.delete(stream);
		const answer = question === undefined ? undefined : messageIn(Buffer.concat(question.pieces));
		if (answer === undefined) question?.reject(new Error('no answer'));
		else question?.resolve(answer);
	};

	const take = (type: number, flags: number, stream: number, payload: Buffer): void => {
		switch (type) {
			case frame.data: {
				const question = questions.get(stream);
				const body = (flags & flag.padded) === 0 ? payload : payload.subarray(1, payload.length - (payload[0] ?? 0));
				question?.pieces.push(body);
				if (question !== undefined) question.bytes += body.length;
				if ((question?.bytes ?? 0) > maxAnswerBytes) throw new Error('too long an answer for a first look');
				if (payload.length > 0) socket.write(framed(frame.windowUpdate, 0, connectionStream, unsigned(payload.length)));
				if ((flags & flag.endStream) !== 0) finish(stream);
				return;
			}
			case frame.headers:
				if ((flags & flag.endStream) !== 0) finish(stream);
				return;
			case frame.reset:
				finish(stream);
				return;
			case frame.settings:
			case frame.ping:
				if ((flags & flag.ack) === 0) socket.write(framed(type, flag.ack, connectionStream, type === frame.ping ? payload : Buffer.alloc(0)));
				return;
			case frame.goAway:
				fail(new Error('the daemon says goodbye'));
				return;
			default:
		}
	};

	socket.on('error', fail);
	socket.on('close', () => fail(new Error('the connection ended')));
	socket.on('data', (bytes: Buffer) => {
		unread = unread.length === 0 ? bytes : Buffer.concat([unread, bytes]);
		try {
			while (unread.length >= headBytes) {
				const length = unread.readUIntBE(0, 3);
				if (length > mostFrameBytes) throw new Error('no HTTP/2');
				const end = headBytes + length;
				if (unread.length < end) return;
				take(unread[3] ?? 0, unread[4] ?? 0, unread.readUInt32BE(5) & 0x7fffffff, unread.subarray(headBytes, end));
				unread = unread.subarray(end);
			}
		} catch (error) {
			fail(error instanceof Error ? error : new Error(String(error)));
		}
	});

	return {
		ask: async (namespace, method, message) =>
			new Promise((resolve, reject) => {
				if (ended !== undefined) {
					reject(ended);
					return;
				}
				const headers = {
					':path': method,
					':authority': 'localhost',
					'content-type': 'application/grpc',
					te: 'trailers',
					...(namespace === undefined ? {} : {'containerd-namespace': namespace}),
				};
				const block = headerBlock(headers);
				const stream = nextStream;
				nextStream += 2;
				questions.set(stream, {pieces: [], bytes: 0, resolve, reject});
				socket.write(framed(frame.headers, flag.endHeaders, stream, block));
				socket.write(framed(frame.data, flag.endStream, stream, asMessage(message)));
			}),
		close: () => fail(new Error('closed')),
	};
};

import {once} from 'node:events';
import {mkdtemp, rm} from 'node:fs/promises';
import {createServer, type Http2Server, type ServerHttp2Session, type ServerHttp2Stream} from 'node:http2';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {WriteAction, WriteContentRequest, WriteContentResponse} from '../../../source/protocol/generated/content.ts';

/** What a stream of the scripted server can do, well or badly. */
export type Script = {
	readonly stream: ServerHttp2Stream;
	readonly session: ServerHttp2Session;
	readonly headers: Readonly<Record<string, unknown>>;
	/** The next message, or undefined when the client has ended. */
	next(): Promise<WriteContentRequest | undefined>;
	respond(headers?: Readonly<Record<string, string | number>>): void;
	answer(response: Partial<WriteContentResponse>): void;
	/** Trailers, and with them the end. */
	finish(status: number | string, message?: string): void;
};

export const frame = (message: Uint8Array): Buffer => {
	const head = Buffer.alloc(5);
	head.writeUInt32BE(message.length, 1);
	return Buffer.concat([head, message]);
};

const blank: WriteContentResponse = {action: WriteAction.STAT, startedAt: undefined, updatedAt: undefined, offset: 0, total: 0, digest: ''};

const scriptOf = (stream: ServerHttp2Stream, headers: Readonly<Record<string, unknown>>): Script => {
	let trailers: Record<string, string> = {'grpc-status': '0'};
	let held = Buffer.alloc(0);
	const bytes = stream[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
	stream.on('error', () => {});
	stream.on('wantTrailers', () => stream.sendTrailers(trailers));
	return {
		stream,
		session: stream.session as ServerHttp2Session,
		headers,
		next: async () => {
			for (;;) {
				if (held.length >= 5 && held.length >= 5 + held.readUInt32BE(1)) {
					const end = 5 + held.readUInt32BE(1);
					const message = WriteContentRequest.decode(held.subarray(5, end));
					held = held.subarray(end);
					return message;
				}

				const {done, value} = await bytes.next();
				if (done === true) return undefined;
				held = Buffer.concat([held, value]);
			}
		},
		respond: (extra = {}) => stream.respond({':status': 200, 'content-type': 'application/grpc', ...extra}, {waitForTrailers: true}),
		answer: response => void stream.write(frame(WriteContentResponse.encode({...blank, ...response}).finish())),
		finish: (status, message) => {
			trailers = {'grpc-status': String(status), ...(message === undefined ? {} : {'grpc-message': message})};
			stream.end();
		},
	};
};

export type ScriptedServer = {
	readonly path: string;
	/** Over how many sessions calls came; a look whether somebody listens is none. */
	sessions(): number;
	/** What is done with every stream from now on. */
	play(script: (script: Script) => Promise<void> | void): void;
	stop(): Promise<void>;
};

/** An HTTP/2 server on a unix socket that does to each stream what it is told, however wrong. */
export const startScriptedServer = async (): Promise<ScriptedServer> => {
	const folder = await mkdtemp(join(tmpdir(), 'gantry-http2-'));
	const path = join(folder, 'c.sock');
	const server: Http2Server = createServer();
	const open = new Set<ServerHttp2Session>();
	const called = new Set<ServerHttp2Session>();
	let current: (script: Script) => Promise<void> | void = () => {};
	server.on('session', session => {
		open.add(session);
		session.on('error', () => {});
		session.on('close', () => open.delete(session));
	});
	server.on('stream', (stream, headers) => {
		called.add(stream.session as ServerHttp2Session);
		// A client that cuts ends what the script waits for, which is the end of the script.
		void Promise.resolve(current(scriptOf(stream, headers))).catch(() => {});
	});
	server.listen(path);
	await once(server, 'listening');
	return {
		path,
		sessions: () => called.size,
		play: script => {
			current = script;
		},
		stop: async () => {
			for (const session of open) session.destroy();
			await new Promise(resolve => server.close(resolve));
			await rm(folder, {recursive: true, force: true});
		},
	};
};

/** A daemon that does everything right; answers what it got. */
export const goodDaemon = (received: Buffer[], offset = 0) => async (script: Script): Promise<void> => {
	script.respond();
	let at = offset;
	for (let request = await script.next(); request !== undefined; request = await script.next()) {
		received.push(Buffer.from(request.data));
		if (request.action !== WriteAction.STAT && request.offset === 0) at = 0;
		at += request.data.length;
		script.answer({action: request.action, offset: at, digest: 'sha256:done'});
		if (request.action === WriteAction.COMMIT) break;
	}

	script.finish(0);
};

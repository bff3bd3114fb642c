import {constants} from 'node:http2';
import {afterEach, beforeEach, describe, expect, it} from 'vitest';
import {createContainerd} from '../../../source/clients/containerd/index.ts';
import type {Containerd, ContentSource} from '../../../source/clients/containerd/types.ts';
import {frame, goodDaemon, type Script, type ScriptedServer, startScriptedServer} from './http2-server.ts';

const megabyte = 1024 * 1024;
const blob = {ref: 'r', totalBytes: 3 * megabyte, expected: 'sha256:done'} as const;
const pieces = Array.from({length: 3}, (_, index) => Buffer.alloc(megabyte, index + 1));

/** Never ends, so that only something else can end the upload. */
const endless = (): ContentSource => ({[Symbol.asyncIterator]: () => ({next: async () => new Promise<never>(() => {})})});

const afterOneWrite = (then: (script: Script) => void) => async (script: Script): Promise<void> => {
	script.respond();
	await script.next();
	script.answer({});
	await script.next();
	then(script);
};

describe('writing to a daemon that misbehaves', () => {
	let server: ScriptedServer;
	let containerd: Containerd;

	beforeEach(async () => {
		server = await startScriptedServer();
		containerd = createContainerd({address: server.path});
	});

	afterEach(async () => {
		containerd.close();
		await server.stop();
	});

	const write = async (source: ContentSource | ((offset: number) => ContentSource) = pieces, options: Parameters<Containerd['content']['write']>[3] = {}) =>
		containerd.content.write('ns', blob, source, options);

	const scripts: ReadonlyArray<readonly [string, (script: Script) => Promise<void> | void, {readonly code: string; readonly message?: unknown}]> = [
		['a status in the trailers', afterOneWrite(({finish}) => finish(9, 'no%20room%20%C3%A0%20bord')), {code: 'conflict', message: 'no room à bord'}],
		['a status that is no number', afterOneWrite(({finish}) => finish('never', 'why')), {code: 'internal', message: 'why'}],
		['a status and nothing else', ({stream}) => stream.respond({':status': 200, 'content-type': 'application/grpc', 'grpc-status': '14', 'grpc-message': 'ref r locked: unavailable'}, {endStream: true}), {code: 'unavailable', message: 'ref r locked: unavailable'}],
		['that it does not know the method', ({stream}) => stream.respond({':status': 200, 'content-type': 'application/grpc', 'grpc-status': '12'}, {endStream: true}), {code: 'unsupported', message: expect.stringContaining('does not offer Content.Write')}],
		['success before the commit', afterOneWrite(({finish}) => finish(0)), {code: 'unavailable', message: expect.stringContaining('before it was committed')}],
		['no trailers', async ({stream}) => {
			stream.respond({':status': 200, 'content-type': 'application/grpc'});
			stream.end();
		}, {code: 'internal', message: expect.stringContaining('not what containerd answers')}],
		['HTTP 503', ({stream}) => {
			stream.respond({':status': 503, 'content-type': 'text/plain'});
			stream.end('busy');
		}, {code: 'unavailable'}],
		['HTML', ({stream}) => {
			stream.respond({':status': 200, 'content-type': 'text/html'});
			stream.end('<html>');
		}, {code: 'internal', message: expect.stringContaining('not what containerd answers')}],
		['a frame that is none', afterOneWrite(({stream}) => void stream.write('garbage')), {code: 'internal', message: expect.stringContaining('not what containerd answers')}],
		['a message that is none', afterOneWrite(({stream}) => void stream.write(frame(Buffer.from([0x0f, 0xff])))), {code: 'internal', message: expect.stringContaining('not what containerd answers')}],
		['an offset that is not where we are', afterOneWrite(({answer}) => answer({offset: 5})), {code: 'internal', message: expect.stringContaining('not what containerd answers')}],
		['more answers than questions', async ({respond, next, answer}) => {
			respond();
			await next();
			for (let index = 0; index < 10; index += 1) answer({});
		}, {code: 'internal', message: expect.stringContaining('not what containerd answers')}],
		['half a message and a good status', afterOneWrite(({stream, finish}) => {
			stream.write(frame(Buffer.alloc(100)).subarray(0, 50));
			finish(0);
		}), {code: 'internal', message: expect.stringContaining('not what containerd answers')}],
		['RST REFUSED_STREAM', afterOneWrite(({stream}) => stream.close(constants.NGHTTP2_REFUSED_STREAM)), {code: 'unavailable'}],
		['RST CANCEL', afterOneWrite(({stream}) => stream.close(constants.NGHTTP2_CANCEL)), {code: 'unavailable'}],
		['RST ENHANCE_YOUR_CALM', afterOneWrite(({stream}) => stream.close(constants.NGHTTP2_ENHANCE_YOUR_CALM)), {code: 'exhausted'}],
		['RST INTERNAL_ERROR', afterOneWrite(({stream}) => stream.close(constants.NGHTTP2_INTERNAL_ERROR)), {code: 'internal'}],
		['GOAWAY with an error', afterOneWrite(({session}) => session.goaway(constants.NGHTTP2_ENHANCE_YOUR_CALM)), {code: 'unavailable'}],
		['the session’s end', afterOneWrite(({session}) => session.destroy()), {code: 'unavailable', message: expect.stringContaining('was lost')}],
		['the session’s end at once', ({session}) => session.destroy(), {code: 'unavailable'}],
	];

	it.each(scripts)('takes %s for what it is', async (_name, script, failure) => {
		server.play(script);
		await expect(write()).rejects.toMatchObject({name: 'Failure', ...failure});
	});

	it.each(scripts)('hears of %s while the source is slow', async (_name, script, failure) => {
		server.play(script);
		const slow = async function* (): AsyncGenerator<Uint8Array> {
			yield pieces[0]!;
			yield* endless() as AsyncIterable<Uint8Array>;
		};

		await expect(write(slow())).rejects.toMatchObject({name: 'Failure', ...failure});
	});

	it('opens a new session after the old one went', async () => {
		server.play(({session}) => session.destroy());
		await expect(write()).rejects.toMatchObject({code: 'unavailable'});
		server.play(goodDaemon([]));
		await expect(write()).resolves.toEqual({digest: 'sha256:done'});
		await expect(write()).resolves.toEqual({digest: 'sha256:done'});
		expect(server.sessions()).toBe(2);
	});

	it('finishes what it began before a polite GOAWAY, and goes elsewhere with the next', async () => {
		const received: Buffer[] = [];
		server.play(async script => {
			script.session.goaway(constants.NGHTTP2_NO_ERROR, 2 ** 31 - 1);
			await goodDaemon(received)(script);
		});
		await expect(write()).resolves.toEqual({digest: 'sha256:done'});
		expect(Buffer.concat(received).equals(Buffer.concat(pieces))).toBe(true);
		server.play(goodDaemon([]));
		await expect(write()).resolves.toEqual({digest: 'sha256:done'});
		expect(server.sessions()).toBe(2);
	});

	it('writes several at once over one session, with no more waiting than the window each', async () => {
		const asked = Array.from({length: 4}, () => 0);
		const sources = asked.map((_, index) => function* (): Generator<Uint8Array> {
			for (let count = 0; count < 20; count += 1) {
				asked[index]! += 1;
				yield Buffer.alloc(megabyte, index);
			}
		});
		const gate = Promise.withResolvers<void>();
		const received: Buffer[][] = [];
		server.play(async script => {
			const mine: Buffer[] = [];
			received.push(mine);
			script.respond();
			await script.next();
			script.answer({});
			await gate.promise;
			let offset = 0;
			for (let request = await script.next(); request !== undefined; request = await script.next()) {
				mine.push(Buffer.from(request.data));
				offset += request.data.length;
				script.answer({action: request.action, offset, digest: 'sha256:done'});
			}
		});
		const writing = Promise.all(sources.map(async (source, index) => containerd.content.write('ns', {...blob, ref: `r${index}`, totalBytes: 20 * megabyte}, source())));
		// Four in the window, and one that waits for room; nobody reads yet.
		await expect.poll(() => asked).toEqual([6, 6, 6, 6].map(() => expect.toSatisfy((count: number) => count >= 5 && count <= 6)));
		gate.resolve();
		await writing;
		expect(server.sessions()).toBe(1);
		expect(received.map(chunks => chunks.reduce((sum, chunk) => sum + chunk.length, 0))).toEqual([20, 20, 20, 20].map(count => count * megabyte));
		for (const chunks of received) expect(new Set(chunks.flatMap(chunk => (chunk.length === 0 ? [] : [chunk[0], chunk.at(-1)]))).size).toBe(1);
	});

	it.each(['before the first answer', 'while writing'])('gives up a daemon that falls silent %s', async when => {
		server.play(async ({respond, next, answer}) => {
			respond();
			await next();
			if (when === 'while writing') answer({});
		});
		await expect(write(pieces, {timeoutMs: 100})).rejects.toMatchObject({code: 'timeout', message: expect.stringContaining('did not answer Content.Write within 0.1 s')});
	});

	it.each([
		['the daemon', (): ContentSource => pieces],
		['the source', endless],
	])('stops at once while it waits for %s', async (_name, source) => {
		const reset = Promise.withResolvers<number>();
		const begun = Promise.withResolvers<void>();
		server.play(async ({respond, next, answer, stream}) => {
			stream.on('close', () => reset.resolve(stream.rstCode));
			respond();
			await next();
			answer({});
			begun.resolve();
		});
		const controller = new AbortController();
		const writing = write(source(), {signal: controller.signal});
		const ends = expect(writing).rejects.toMatchObject({name: 'AbortError'});
		await begun.promise;
		controller.abort();
		await ends;
		await expect(reset.promise).resolves.toBe(constants.NGHTTP2_CANCEL);
	});

	it('ends with the client', async () => {
		const begun = Promise.withResolvers<void>();
		server.play(async ({respond, next}) => {
			respond();
			await next();
			begun.resolve();
		});
		const writing = write();
		const ends = expect(writing).rejects.toMatchObject({code: 'unavailable'});
		await begun.promise;
		containerd.close();
		await ends;
		await expect(write()).rejects.toMatchObject({code: 'unavailable', message: expect.stringContaining('has been closed')});
	});

	it('says who it is and under which lease', async () => {
		let headers: Readonly<Record<string, unknown>> = {};
		server.play(async script => {
			headers = script.headers;
			await goodDaemon([])(script);
		});
		await write(pieces, {lease: 'mine'});
		expect(headers).toMatchObject({'containerd-namespace': 'ns', 'containerd-lease': 'mine', ':path': '/containerd.services.content.v1.Content/Write', te: 'trailers'});
	});
});

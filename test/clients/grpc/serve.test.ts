import {duplexPair} from 'node:stream';
import type {Socket} from 'node:net';
import {afterEach, describe, expect, test} from 'vitest';
import {Failure} from '../../../source/errors.ts';
import {type Handler, serveGrpc, unaryHandler} from '../../../source/clients/grpc/serve.ts';
import type {WireEnd} from '../../../source/clients/grpc/status.ts';
import {openWire, type Wire} from '../../../source/clients/grpc/index.ts';
import {HealthService} from '../../../source/protocol/generated/health.ts';

let grpc: Wire | undefined;

afterEach(() => grpc?.close());

const ask = async (handlers: ReadonlyMap<string, Handler>, path: string, messages: readonly string[]): Promise<{readonly end: WireEnd; readonly answers: readonly string[]}> => {
	const [ours, theirs] = duplexPair();
	serveGrpc(theirs, handlers);
	grpc = openWire(() => ours as Socket);
	const answers: string[] = [];
	return new Promise(resolve => {
		const call = grpc!.open(path, {onMessage: bytes => void answers.push(String(bytes)), onEnd: end => resolve({end, answers})});
		for (const message of messages) call.send([Buffer.from(message)]);
		call.end();
	});
};

const one = (handler: Handler): ReadonlyMap<string, Handler> => new Map([['/a.B/C', handler]]);

describe('the gRPC server', () => {
	test('answers messages by messages', async () => {
		const echo: Handler = async call => {
			for await (const messages of call.messages()) for (const message of messages) call.send(Buffer.from('re: '), message);
		};
		expect(await ask(one(echo), '/a.B/C', ['x', '', 'y'])).toMatchObject({answers: ['re: x', 're: ', 're: y'], end: {code: 0}});
	});

	test('says that a method is not there', async () => {
		expect((await ask(new Map(), '/a.B/C', [])).end).toMatchObject({code: 12, details: 'there is no /a.B/C here', origin: 'daemon'});
	});

	test.each([
		['a failure', new Failure('not-found', 'no secret “a%b”\n'), 5, 'no secret “a%b”\n'],
		['anything else', new Error('oh'), 2, 'oh'],
		['an abort', new DOMException('enough', 'AbortError'), 1, 'enough'],
	])('answers %s with its status', async (_what, error, code, details) => {
		const thrower: Handler = async () => {
			throw error;
		};
		expect((await ask(one(thrower), '/a.B/C', ['x'])).end).toMatchObject({code, details});
	});

	test('one request and one answer', async () => {
		const handlers = new Map([unaryHandler(HealthService.check, async ({service}) => ({status: service === 'x' ? (1 as const) : (2 as const)}))]);
		const asked = String(HealthService.check.requestSerialize({service: 'x'}));
		expect(await ask(handlers, HealthService.check.path, [asked])).toMatchObject({answers: ['\b\u0001'], end: {code: 0}});
		expect((await ask(handlers, HealthService.check.path, [])).end).toMatchObject({code: 3});
	});
});

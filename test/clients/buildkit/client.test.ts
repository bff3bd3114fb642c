import {once} from 'node:events';
import {mkdtempSync, readFileSync, rmSync} from 'node:fs';
import type {AddressInfo, Server, Socket} from 'node:net';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {createServer as createTlsServer} from 'node:tls';
import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import {type Buildkit, createBuildkit, troubleOf} from '../../../source/clients/buildkit/index.ts';
import {Failure, isAbort} from '../../../source/errors.ts';
import {type Handler, serveGrpc, unaryHandler} from '../../../source/clients/grpc/index.ts';
import {ControlService, StatusResponse} from '../../../source/protocol/generated/buildkit-control.ts';
import {type Certificates, makeCertificates} from '../../helpers/registry/certificates.ts';
import {closing, dockerDaemon, grpcDaemon, type Handlers, unixDaemon} from './daemon.ts';

const worker = {id: 'w1', labels: {a: 'b'}, platforms: [{os: 'linux', architecture: 'arm64', variant: 'v8', osVersion: '', osFeatures: []}], gcPolicy: [], buildkitVersion: undefined};

const workers: Handlers = new Map([unaryHandler(ControlService.listWorkers, async () => ({record: [worker]}))]);

const expected = [{id: 'w1', labels: {a: 'b'}, platforms: [{os: 'linux', architecture: 'arm64', variant: 'v8'}], gcPolicy: [], version: ''}];

const using = async <Value>(address: string, work: (buildkit: Buildkit) => Promise<Value>): Promise<Value> => {
	const buildkit = createBuildkit(address);
	try {
		return await work(buildkit);
	} finally {
		buildkit.close();
	}
};

const failing = async (address: string, options = {}): Promise<unknown> => using(address, async buildkit => buildkit.workers(options).catch((error: unknown) => error));

describe('the ways to a daemon', () => {
	test('a unix socket', async () => {
		expect(await using(await grpcDaemon(workers), async buildkit => buildkit.workers())).toEqual(expected);
	});

	test('the upgrade of a dockerd', async () => {
		const paths: string[] = [];
		expect(await using(await dockerDaemon(workers, paths), async buildkit => buildkit.workers())).toEqual(expected);
		expect(paths).toEqual(['/grpc']);
	});

	test('a dockerd that has none', async () => {
		const address = await unixDaemon(socket => void socket.on('data', () => socket.end('HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n')));
		expect(await failing(address.replace('unix:', 'docker:'))).toMatchObject({code: 'unsupported', message: expect.stringContaining('HTTP 404')});
	});

	test.each([
		['nothing', 'unix:///nowhere/b.sock', 'unavailable', 'Could not reach BuildKit at /nowhere/b.sock: there is no such socket'],
		['a port that nobody has', 'tcp://127.0.0.1:1', 'unavailable', 'Could not reach BuildKit at tcp://127.0.0.1:1: nobody listens there'],
		['no host', 'tcp://nowhere.invalid:1', 'unavailable', 'Could not reach BuildKit at tcp://nowhere.invalid:1'],
	])('%s', async (_what, address, code, message) => {
		expect(await failing(address)).toMatchObject({code, message: expect.stringContaining(message)});
	});

	test('an HTTP server', async () => {
		const address = await unixDaemon(socket => void socket.on('data', () => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n')));
		expect(await failing(address)).toBeInstanceOf(Failure);
	});
});

describe('TLS', () => {
	let certificates: Certificates;
	let folder: string;

	beforeAll(async () => {
		folder = mkdtempSync(join(tmpdir(), 'gantry-bk-tls-'));
		certificates = await makeCertificates(folder);
	});

	afterAll(() => rmSync(folder, {recursive: true, force: true}));

	const tlsDaemon = async (wantsClient: boolean): Promise<string> => {
		const read = (path: string): Buffer => readFileSync(path);
		const {server: own, ca} = certificates;
		const server = createTlsServer(
			{cert: read(own.certificate), key: read(own.key), ca: read(ca), requestCert: wantsClient, rejectUnauthorized: wantsClient, ALPNProtocols: ['h2']},
			socket => void serveGrpc(socket, workers),
		);
		server.on('tlsClientError', () => {});
		closing(server as Server);
		server.listen(0, '127.0.0.1');
		await once(server, 'listening');
		return `tcp://127.0.0.1:${(server.address() as AddressInfo).port}`;
	};

	test('with an authority of its own', async () => {
		const address = await tlsDaemon(false);
		expect(await using(`${address}?ca=${certificates.ca}`, async buildkit => buildkit.workers())).toEqual(expected);
		expect(await failing(`${address}?tls`)).toMatchObject({code: 'denied', message: expect.stringContaining('signed by an authority that this machine does not know')});
		expect(await failing(`${address}?ca=/nowhere/ca.pem`)).toMatchObject({code: 'invalid', message: expect.stringContaining('/nowhere/ca.pem')});
	});

	test('with a certificate of the client', async () => {
		const address = await tlsDaemon(true);
		const {ca, client} = certificates;
		expect(await using(`${address}?ca=${ca}&cert=${client.certificate}&key=${client.key}`, async buildkit => buildkit.workers())).toEqual(expected);
		expect(await failing(`${address}?ca=${ca}`, {timeoutMs: 3000})).toMatchObject({code: 'denied', message: expect.stringContaining('it wants a certificate of ours')});
	});

	test('of a server that goes by another name', async () => {
		expect(await failing(`${await tlsDaemon(false)}?ca=${certificates.ca}&servername=elsewhere.example`)).toMatchObject({code: 'denied', message: expect.stringContaining('for another name')});
	});
});

describe('a daemon that', () => {
	test('does not offer a call', async () => {
		const address = await grpcDaemon(workers);
		await using(address, async buildkit => {
			await expect(buildkit.info()).rejects.toMatchObject({code: 'unsupported', message: expect.stringContaining('does not offer Info')});
			await expect((async () => {
				for await (const _event of buildkit.history({isPastOnly: true}));
			})()).rejects.toMatchObject({code: 'unsupported'});
		});
	});

	test('does not answer', async () => {
		expect(await failing(await unixDaemon(() => {}), {timeoutMs: 100})).toMatchObject({code: 'timeout'});
	});

	test('hangs up in the middle, and is found again by the next call', async () => {
		const sockets: Socket[] = [];
		let isCutting = true;
		const handlers: Handlers = new Map([
			unaryHandler(ControlService.listWorkers, async () => {
				if (isCutting) sockets.at(-1)?.destroy();
				return {record: [worker]};
			}),
		]);
		const address = await unixDaemon(socket => {
			sockets.push(socket);
			void serveGrpc(socket, handlers);
		});
		await using(address, async buildkit => {
			await expect(buildkit.workers()).rejects.toMatchObject({code: 'unavailable'});
			isCutting = false;
			expect(await buildkit.workers()).toEqual(expected);
		});
		expect(sockets).toHaveLength(2);
	});

	test('answers nonsense', async () => {
		const nonsense: Handler = async call => call.send(Buffer.from([0xff, 0xff]));
		expect(await failing(await grpcDaemon(new Map([[ControlService.listWorkers.path, nonsense]])))).toMatchObject({code: 'internal', message: expect.stringContaining('is not what BuildKit answers')});
	});

	test('answers nothing', async () => {
		expect(await failing(await grpcDaemon(new Map([[ControlService.listWorkers.path, async () => {}]])))).toMatchObject({code: 'internal'});
	});

	test('is not waited for when nobody wants the answer any more', async () => {
		const cut = Promise.withResolvers<void>();
		const handler: Handler = async call => {
			call.signal.addEventListener('abort', () => cut.resolve());
			call.send(StatusResponse.encode({vertexes: [], statuses: [], logs: [], warnings: []}).finish());
			await cut.promise;
		};
		const address = await grpcDaemon(new Map([[ControlService.status.path, handler]]));
		await using(address, async buildkit => {
			const controller = new AbortController();
			const error = await (async () => {
				for await (const _status of buildkit.status('x', {signal: controller.signal})) controller.abort();
			})().catch((problem: unknown) => problem);
			expect(isAbort(error)).toBe(true);
			await cut.promise;
		});
	});

	test('is told when its answers are not read to the end', async () => {
		const cut = Promise.withResolvers<void>();
		const handler: Handler = async call => {
			call.signal.addEventListener('abort', () => cut.resolve());
			call.send(StatusResponse.encode({vertexes: [], statuses: [], logs: [], warnings: []}).finish());
			await cut.promise;
		};
		await using(await grpcDaemon(new Map([[ControlService.status.path, handler]])), async buildkit => {
			for await (const _status of buildkit.status('x')) break;
			await cut.promise;
		});
	});
});

test('nothing more is known of an ordinary failure', () => {
	expect(troubleOf(new Error('x', {cause: new Failure('internal', 'y')}))).toBeUndefined();
});

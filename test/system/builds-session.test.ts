import {spawnSync} from 'node:child_process';
import {once} from 'node:events';
import {request} from 'node:http';
import {createServer} from 'node:net';
import {createHash, randomBytes} from 'node:crypto';
import {chmodSync, copyFileSync, linkSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import {type LabContainerd, startContainerd} from '../../scripts/lab/containerd.ts';
import {type LabBuilder, startDockerd, whyNoBuilds} from '../../scripts/lab/dockerd.ts';
import {titled} from '../../scripts/lab/possible.ts';
import {type Buildkit, createBuildkit, type Destination, openSession, type SessionOffers, troubleOf} from '../../source/clients/buildkit/index.ts';
import {isFailure} from '../../source/errors.ts';
import type {BuildStatus} from '../../source/model/build.ts';
import {hasSshAgent, withSshAgent, writeSshContext} from './builds/ssh-agent.ts';

const why = whyNoBuilds();

describe.skipIf(why !== undefined)(titled('builds by a real BuildKit', why), () => {
	let lab: LabContainerd;
	let dockerd: LabBuilder;
	let buildkit: Buildkit;
	let dir: string;
	let context: string;

	beforeAll(async () => {
		lab = await startContainerd();
		dockerd = await startDockerd(lab);
		buildkit = createBuildkit(dockerd.address);
		dir = mkdtempSync(join(tmpdir(), 'gantry-build-'));
		context = join(dir, 'context');
		mkdirSync(context);
		copyFileSync('/bin/busybox', join(context, 'busybox'));
	});

	afterAll(async () => {
		buildkit?.close();
		await dockerd?.stop();
		await lab?.stop();
		if (dir !== undefined) rmSync(dir, {recursive: true, force: true});
	});

	type Built = {readonly response: Readonly<Record<string, string>>; readonly log: string; readonly status: readonly BuildStatus[]};

	const build = async (
		dockerfile: string,
		{offers = {}, exporter, folder = context, signal, attrs = {}, address = dockerd.address}: {
			readonly address?: string;
			readonly offers?: Partial<SessionOffers>;
			readonly exporter?: {readonly type: string; readonly attrs?: Readonly<Record<string, string>>};
			readonly folder?: string;
			readonly signal?: AbortSignal;
			readonly attrs?: Readonly<Record<string, string>>;
		} = {},
	): Promise<Built> => {
		const dockerfiles = mkdtempSync(join(dir, 'dockerfile-'));
		writeFileSync(join(dockerfiles, 'Dockerfile'), dockerfile);
		const session = await openSession(address, {
			folders: new Map([['context', folder], ['dockerfile', dockerfiles]]),
			...{destinations: [], login: async () => undefined, secret: async () => undefined, agents: new Map(), stores: new Map(), uploads: new Map(), sharedKey: 'test', ...offers},
		});
		const ref = randomBytes(12).toString('hex');
		const status: BuildStatus[] = [];
		const watching = (async () => {
			for await (const one of buildkit.status(ref)) status.push(one);
		})().catch(() => {});
		try {
			const response = await buildkit.solve(
				{
					...{ref, session: session.id, frontend: 'dockerfile.v0', frontendAttrs: {'force-network-mode': 'none', ...attrs}},
					...{exporters: exporter === undefined ? [] : [{type: exporter.type, attrs: exporter.attrs ?? {}}], cacheImports: [], cacheExports: [], entitlements: []},
				},
				signal === undefined ? {} : {signal},
			);
			await watching;
			return {response, status, log: Buffer.concat(status.flatMap(({logs}) => logs.map(({bytes}) => bytes))).toString()};
		} finally {
			session.close();
		}
	};

	const shell = 'FROM scratch\nCOPY busybox /bin/sh\nCOPY busybox /bin/busybox\n';

	const archive = (): {readonly destination: Destination; bytes(): Buffer} => {
		const pieces: Uint8Array[] = [];
		return {
			destination: {
				kind: 'stream',
				write: async bytes => {
					for await (const piece of bytes) pieces.push(Buffer.from(piece));
				},
			},
			bytes: () => Buffer.concat(pieces),
		};
	};

	test('says who works there', async () => {
		const [worker] = await buildkit.workers();
		expect(worker?.platforms[0]?.os).toBe('linux');
		expect(worker?.labels['org.mobyproject.buildkit.worker.executor']).toBeDefined();
		expect(typeof (await buildkit.info()).version).toBe('string');
	});

	test('steps, logs and an archive of the files', async () => {
		const {destination, bytes} = archive();
		const {log, status} = await build(`${shell}RUN echo hello from inside; echo x > /made\n`, {exporter: {type: 'tar'}, offers: {destinations: [destination]}});
		expect(log).toContain('hello from inside');
		const steps = new Map(status.flatMap(({vertexes}) => vertexes).map(vertex => [vertex.name, vertex]));
		const step = [...steps.values()].find(({name}) => name.includes('RUN echo'))!;
		expect(step.completedAt! - step.startedAt!).toBeGreaterThan(0);
		const {stdout} = spawnSync('tar', ['-tf', '-'], {input: bytes(), encoding: 'utf8', maxBuffer: 1e8});
		expect(stdout.split('\n')).toEqual(expect.arrayContaining(['bin/busybox', 'made']));
	});

	test('a secret reaches its step, and another is not there', async () => {
		const run = `${shell}RUN --mount=type=secret,id=key busybox cat /run/secrets/key\n`;
		const {log} = await build(run, {offers: {secret: async id => (id === 'key' ? Buffer.from('s3cret') : undefined)}});
		expect(log).toContain('s3cret');
		await expect(build(`${shell}RUN --mount=type=secret,id=other,required=true true\n`)).rejects.toThrow('secret other: not found');
	});

	test.skipIf(!hasSshAgent)('an ssh agent answers from inside a step', async () => {
		const folder = join(dir, 'ssh');
		writeSshContext(folder);
		await withSshAgent(dir, 'key-of-the-test', async socket => {
			const dockerfile = 'FROM scratch\nCOPY . /\nRUN --mount=type=ssh ["/usr/bin/ssh-add", "-l"]\n';
			expect((await build(dockerfile, {folder, offers: {agents: new Map([['default', socket]])}})).log).toContain('key-of-the-test');
		});
	});

	test('a context of many kinds of files comes out as it went in', async () => {
		const folder = join(dir, 'kinds');
		mkdirSync(join(folder, 'deep/er'), {recursive: true});
		const big = randomBytes(5_000_000);
		writeFileSync(join(folder, 'big'), big);
		writeFileSync(join(folder, 'deep/er/empty'), '');
		writeFileSync(join(folder, 'left-out'), '');
		writeFileSync(join(folder, 'é b'), 'name');
		writeFileSync(join(folder, '.dockerignore'), '# no\nleft-out\n');
		symlinkSync('deep/er', join(folder, 'link'));
		linkSync(join(folder, 'big'), join(folder, 'zz-same'));
		chmodSync(join(folder, 'é b'), 0o4750);
		for (let index = 0; index < 300; index++) writeFileSync(join(folder, 'deep', `f${index}`), String(index));
		const out = join(dir, 'out');
		await build('FROM scratch\nCOPY . /\n', {folder, exporter: {type: 'local'}, offers: {destinations: [{kind: 'folder', path: out}]}});
		expect(createHash('sha256').update(readFileSync(join(out, 'big'))).digest('hex')).toBe(createHash('sha256').update(big).digest('hex'));
		expect(spawnSync('diff', ['-r', '--no-dereference', folder, out], {encoding: 'utf8'}).stdout.trim().split('\n').sort()).toEqual([`Only in ${folder}: left-out`]);
		expect(statSync(join(out, 'é b')).mode & 0o7777).toBe(0o4750);
		expect(statSync(join(out, 'zz-same')).size).toBe(big.length);
	});

	test('an image for the containerd that is shared', async () => {
		const {response} = await build('FROM scratch\nCOPY busybox /x\n', {exporter: {type: 'image', attrs: {name: 'docker.io/lab/made:1', unpack: 'true'}}});
		expect(response['containerimage.digest']).toMatch(/^sha256:/);
		const {stdout} = spawnSync('ctr', ['--address', lab.address, '--namespace', 'default', 'images', 'ls', '-q'], {encoding: 'utf8'});
		expect(stdout).toContain('docker.io/lab/made:1');
	});

	test('the same through Control.Session, as with a buildkitd', async () => {
		// What is behind the upgrade speaks as a buildkitd does on its socket.
		const path = join(dir, 'buildkitd.sock');
		const server = createServer(client => {
			const asking = request({socketPath: dockerd.address.replace('docker://', ''), path: '/grpc', method: 'POST', agent: false, headers: {connection: 'Upgrade', upgrade: 'h2c'}});
			asking.once('upgrade', (_answer, socket, head) => {
				if (head.length > 0) client.write(head);
				client.pipe(socket).pipe(client);
				socket.on('error', () => client.destroy());
				client.on('error', () => socket.destroy());
			});
			asking.end();
		});
		server.listen(path);
		await once(server, 'listening');
		try {
			const folder = join(dir, 'plain');
			mkdirSync(folder);
			const big = randomBytes(20_000_000);
			writeFileSync(join(folder, 'big'), big);
			for (let index = 0; index < 500; index++) writeFileSync(join(folder, `f${index}`), String(index));
			const {destination, bytes} = archive();
			await build('FROM scratch\nCOPY . /\n', {folder, address: `unix://${path}`, exporter: {type: 'tar'}, offers: {destinations: [destination]}});
			const {stdout} = spawnSync('tar', ['-xOf', '-', 'big'], {input: bytes(), maxBuffer: 1e8});
			expect(createHash('sha256').update(stdout).digest('hex')).toBe(createHash('sha256').update(big).digest('hex'));
		} finally {
			server.close();
		}
	});

	test('a step that fails says its exit code and its line', async () => {
		const error = await build(`${shell}\nRUN echo before; exit 7\n`).catch((problem: unknown) => problem);
		expect(isFailure(error)).toBe(true);
		expect(troubleOf(error)).toMatchObject({exitCode: 7, sources: [{file: 'Dockerfile', ranges: [{first: 5, last: 5}]}]});
	});

	test('a mistake in the Dockerfile says its line', async () => {
		const error = await build('FROM scratch\nCOPPY a b\n').catch((problem: unknown) => problem);
		expect(String(error)).toContain('unknown instruction: COPPY');
		expect(troubleOf(error)?.sources[0]?.ranges[0]?.first).toBe(2);
	});

	test('giving up ends the step on the other side', async () => {
		const controller = new AbortController();
		const ref = build(`${shell}RUN echo waiting; busybox sleep 300\n`, {signal: controller.signal});
		ref.catch(() => {});
		await expect.poll(() => spawnSync('busybox', ['ps', 'w'], {encoding: 'utf8'}).stdout.includes('sleep 300'), {timeout: 10_000}).toBe(true);
		controller.abort();
		await expect(ref).rejects.toThrow('abort');
		await expect.poll(() => spawnSync('busybox', ['ps', 'w'], {encoding: 'utf8'}).stdout.includes('sleep 300'), {timeout: 5000}).toBe(false);
	});

	test('the cache is counted, and freed', async () => {
		expect((await buildkit.diskUsage()).length).toBeGreaterThan(0);
		const freed: number[] = [];
		for await (const record of buildkit.prune({all: true, filters: [], keepMs: 0, reservedBytes: 0})) freed.push(record.bytes);
		expect(freed.length).toBeGreaterThan(0);
	});
});

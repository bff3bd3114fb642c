import {existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync} from 'node:fs';
import {createServer, type Socket} from 'node:net';
import {once} from 'node:events';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {PassThrough} from 'node:stream';
import {describe, expect, onTestFinished, test, vi} from 'vitest';
import {type Handler, serveGrpc} from '../../../source/clients/grpc/index.ts';
import {Failure, isAbort, sentence} from '../../../source/errors.ts';
import {createBuilds} from '../../../source/services/builds/index.ts';
import {closing, grpcDaemon, unixDaemon} from '../../clients/buildkit/daemon.ts';

vi.setConfig({testTimeout: 20_000});

const [solvePath, statusPath, sessionPath] = ['Solve', 'Status', 'Session'].map(name => `/moby.buildkit.v1.Control/${name}`) as [string, string, string];

/** Answers nothing until the other side has had enough. */
const silent: Handler = async call => new Promise(resolve => call.signal.addEventListener('abort', () => resolve(), {once: true}));

const unimplemented: Handler = async () => {
	throw new Failure('unsupported', 'unknown method');
};

const folderOf = (): string => {
	const folder = mkdtempSync(join(tmpdir(), 'gantry-fault-'));
	onTestFinished(() => rmSync(folder, {recursive: true, force: true}));
	writeFileSync(join(folder, 'Dockerfile'), 'FROM scratch\n');
	return folder;
};

/** A build of a folder to an archive, which must not be there afterwards. */
const build = async (address: string, signal?: AbortSignal): Promise<unknown> => {
	const folder = folderOf();
	const builds = createBuilds({} as Parameters<typeof createBuilds>[0]);
	const flags = {
		...{target: undefined, platforms: [], buildArgs: [], labels: [], noCache: false, pull: undefined, addHosts: [], network: 'default'},
		...{buildContexts: [], allow: [], attest: [], provenance: undefined, sbom: undefined},
	};
	const request = {
		...{address, namespace: 'default', snapshotter: 'overlayfs', context: folder, dockerfile: undefined, workingFolder: folder},
		...{tags: [], flags, output: {kind: 'archive', type: 'tar', to: 'out.tar', attrs: {}} as const, secrets: [], agents: []},
		...{cacheFrom: [], cacheTo: [], env: {}, stdout: new PassThrough()},
	};
	const ended = await builds.build(request, signal === undefined ? {} : {signal}).then(() => 'built', (error: unknown) => error);
	expect(readdirSync(folder)).toEqual(['Dockerfile']);
	return ended;
};

const daemon = async (handlers: {readonly solve?: Handler; readonly status?: Handler; readonly session?: Handler}): Promise<string> =>
	grpcDaemon(
		new Map([
			[solvePath, handlers.solve ?? silent],
			[statusPath, handlers.status ?? (async () => {})],
			[sessionPath, handlers.session ?? silent],
		]),
	);

describe('a build on a daemon that', () => {
	test('ends the session and says no more', async () => {
		expect(sentence(await build(await daemon({session: async () => {}, status: silent})))).toBe(
			"Could not go on with the build: BuildKit ended the session that it asks us for files in — look into BuildKit's log, and build again",
		);
	});

	test('says why it ends the session', async () => {
		const session: Handler = async () => {
			throw new Failure('unavailable', 'too many of them');
		};
		expect(sentence(await build(await daemon({session})))).toMatch(/^Could not go on with the build: the session with BuildKit broke: .*too many of them/);
	});

	test('cuts the connection of the session only', async () => {
		let isSession = false;
		const connections: Socket[] = [];
		const address = await unixDaemon(socket => {
			connections.push(socket);
			void serveGrpc(
				socket,
				new Map<string, Handler>([
					[solvePath, silent],
					[statusPath, async () => {}],
					[
						sessionPath,
						async () => {
							isSession = true;
							socket.destroy();
						},
					],
				]),
			);
		});
		expect(sentence(await build(address))).toMatch(/^Could not go on with the build: /);
		expect([isSession, connections.length]).toEqual([true, 2]);
	});

	test('gives the session up and then says what of: its own words are taken', async () => {
		const ended = Promise.withResolvers<void>();
		const session: Handler = async () => ended.resolve();
		const solve: Handler = async () => {
			await ended.promise;
			throw new Failure('internal', 'no active session for this build');
		};
		expect(sentence(await build(await daemon({session, solve})))).toContain('no active session for this build');
	});

	test('has no Solve, no Session, no Status', async () => {
		expect(sentence(await build(await daemon({solve: unimplemented})))).toMatch(/^BuildKit at \S+ does not offer Solve/);
		expect(sentence(await build(await daemon({session: unimplemented})))).toMatch(/the session with BuildKit broke/);
		// What nobody tells of can be built all the same.
		const failing: Handler = async () => {
			throw new Failure('internal', 'the disk is gone');
		};
		expect(sentence(await build(await daemon({status: unimplemented, solve: failing})))).toContain('the disk is gone');
	});

	test('ends its half of the connection in the middle', async () => {
		const path = join(folderOf(), 'half.sock');
		const server = closing(createServer({allowHalfOpen: true}, socket => socket.once('data', () => socket.end())));
		server.listen(path);
		await once(server, 'listening');
		expect(sentence(await build(`unix://${path}`))).toMatch(/^The connection to BuildKit at \S+ was lost/);
	});

	test('answers nothing: whoever gives up is let go', async () => {
		const asked = Promise.withResolvers<void>();
		const controller = new AbortController();
		const solve: Handler = async call => {
			asked.resolve();
			return silent(call);
		};
		const address = await daemon({solve});
		void asked.promise.then(() => controller.abort());
		expect(isAbort(await build(address, controller.signal))).toBe(true);
		expect(existsSync(address.replace('unix://', ''))).toBe(true);
	});
});

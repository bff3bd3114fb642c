import {spawn} from 'node:child_process';
import {once} from 'node:events';
import {mkdtempSync, readdirSync, rmSync, statSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {PassThrough} from 'node:stream';
import {afterEach, beforeEach, describe, expect, test} from 'vitest';
import {Failure} from '../../../source/errors.ts';
import type {BuildStatus, Vertex} from '../../../source/model/build.ts';
import type {BuildRun} from '../../../source/model/build-run.ts';
import {begunSteps} from '../../../source/model/build-steps.ts';
import {createBuildRuns, createTracker} from '../../../source/services/build-runs/index.ts';
import {processStart} from '../../../source/clients/host/process-start.ts';
import type {BuildRequest, BuildsService} from '../../../source/services/builds/types.ts';

let folder: string;

beforeEach(() => {
	folder = mkdtempSync(join(tmpdir(), 'gantry-build-runs-'));
});

afterEach(() => rmSync(folder, {recursive: true, force: true}));

const vertex = (digest: string, name: string, more: Partial<Vertex> = {}): Vertex => ({...{digest, name, inputs: [], isCached: false, startedAt: 1000, completedAt: 2000, error: '', group: undefined}, ...more});

const status = (more: Partial<BuildStatus>): BuildStatus => ({vertexes: [], statuses: [], logs: [], warnings: [], ...more});

const said: readonly BuildStatus[] = [
	status({vertexes: [vertex('a', '[1/2] FROM x', {isCached: true}), vertex('b', '[2/2] RUN make')]}),
	status({logs: [{vertex: 'b', at: 1500, stream: 'stdout', bytes: Buffer.from('made\nit\n')}]}),
];

const request: BuildRequest = {
	...{address: 'unix:///b.sock', namespace: 'default', snapshotter: 'overlayfs', context: '.', dockerfile: 'My.Dockerfile', workingFolder: '/srv/app'},
	flags: {...{target: 'web', platforms: [], buildArgs: [], labels: [], noCache: false, pull: undefined, addHosts: [], network: 'default'}, ...{buildContexts: [], allow: [], attest: [], provenance: undefined, sbom: undefined}},
	...{tags: ['docker.io/library/app:1'], output: undefined, secrets: [], agents: [], cacheFrom: [], cacheTo: [], env: {}, stdout: new PassThrough()},
};

const about = {by: 'command line', order: {args: ['-t', 'app:1', '.'], workingFolder: '/srv/app'}} as const;

type Builds = Pick<BuildsService, 'build' | 'follow'>;

const open = (builds: Partial<Builds>) => {
	const all: Builds = {
		build: async () => ({digest: undefined, images: [], response: {}}),
		follow: async () => undefined,
		...builds,
	};
	return createBuildRuns({stateDirectory: folder, builds: () => all});
};

const succeeding: Partial<Builds> = {
	build: async (_, call) => {
		for (const each of said) call?.onStatus?.(each);
		return {digest: 'sha256:d', images: ['docker.io/library/app:1'], response: {}};
	},
};

describe('a build that is over', () => {
	test('is remembered by the next program, with its steps and what they said', async () => {
		await open(succeeding).build(request, about);
		const runs = open({});
		const [run] = await runs.list();
		expect(run).toMatchObject({
			...{by: 'command line', address: 'unix:///b.sock', context: '/srv/app', dockerfile: '/srv/app/My.Dockerfile', target: 'web', tags: ['docker.io/library/app:1']},
			...{outcome: 'done', digest: 'sha256:d', order: about.order, counts: {total: 2, completed: 2, cached: 1, warnings: 0}},
		});
		const detail = (await runs.open(run as BuildRun, {signal: new AbortController().signal})).detail();
		expect(begunSteps(detail.state).map(({vertex: {name}, state}) => [name, state])).toEqual([['[1/2] FROM x', 'cached'], ['[2/2] RUN make', 'done']]);
		expect(detail.logOf('b')).toEqual({lines: ['made', 'it'], dropped: 0});
		expect(statSync(join(folder, 'builds')).mode & 0o777).toBe(0o700);
		await runs.forget((run as BuildRun).id);
		expect(readdirSync(join(folder, 'builds'))).toEqual([]);
	});

	test('that failed says why, one that was given up does not', async () => {
		const failing = open({
			build: async () => {
				throw new Failure('invalid', 'Could not build: make failed', {hint: 'look at its log'});
			},
		});
		await expect(failing.build(request, about)).rejects.toThrow('make failed');
		expect((await failing.list())[0]).toMatchObject({outcome: 'failed', failure: 'Could not build: make failed — look at its log'});
	});

	test('fifty of them, the oldest go with all that is kept of them', async () => {
		const runs = open(succeeding);
		for (let count = 0; count < 53; count += 1) await runs.build(request, about);
		expect(await runs.list()).toHaveLength(50);
		expect(readdirSync(join(folder, 'builds'))).toHaveLength(100);
	});

	test('files that are broken, or of somebody else, are left out', async () => {
		await open(succeeding).build(request, about);
		writeFileSync(join(folder, 'builds', 'abcdefgh.json'), '{"version":1,"run":{"id":"abcdefgh"}}');
		writeFileSync(join(folder, 'builds', 'bcdefghi.json'), '{');
		writeFileSync(join(folder, 'builds', 'cdefghij.json'), '{"version":7}');
		expect(await open({}).list()).toHaveLength(1);
	});

	test('without a place for the record it is built all the same', async () => {
		writeFileSync(join(folder, 'builds'), 'in the way');
		expect(await open(succeeding).build(request, about)).toMatchObject({digest: 'sha256:d'});
	});
});

describe('a build that runs', () => {
	test('is looked at while it does, and is ended by its id', async () => {
		const begun = Promise.withResolvers<void>();
		const runs = open({
			build: async (_, call) => {
				call?.onStatus?.(said[0] as BuildStatus);
				begun.resolve();
				return new Promise((_resolve, reject) => {
					call?.signal?.addEventListener('abort', () => reject(call.signal?.reason));
				});
			},
		});
		const building = runs.build(request, about).catch((error: unknown) => error);
		await begun.promise;
		const [run] = await runs.list();
		expect(run).toMatchObject({outcome: 'running', counts: {total: 2, completed: 2}});
		const watched = await runs.open(run as BuildRun, {signal: new AbortController().signal});
		expect(watched.detail().state.steps.size).toBe(2);
		expect(runs.cancel('another')).toBe(false);
		expect(runs.cancel((run as BuildRun).id)).toBe(true);
		expect(await building).toMatchObject({name: 'AbortError'});
		expect((await runs.list())[0]).toMatchObject({outcome: 'cancelled'});
	});

	test('in another process is ended as ctrl-c would, and no process that only has its number', async () => {
		await open(succeeding).build(request, about);
		const runs = open({});
		const [own] = await runs.list();
		const child = spawn('sleep', ['600'], {stdio: 'ignore'});
		const ended = once(child, 'exit');
		try {
			const run: BuildRun = {...(own as BuildRun), pid: child.pid as number, pidSince: processStart(child.pid as number), outcome: 'running'};
			await expect(runs.interrupt({...run, pidSince: '1'})).rejects.toMatchObject({code: 'conflict', message: expect.stringContaining('is not there any more')});
			await expect(runs.interrupt({...run, pidSince: undefined})).rejects.toMatchObject({code: 'conflict'});
			expect([child.exitCode, child.signalCode]).toEqual([null, null]);
			await runs.interrupt(run);
			expect(await ended).toEqual([null, 'SIGINT']);
			await expect(runs.interrupt(run)).rejects.toMatchObject({code: 'conflict'});
		} finally {
			child.kill();
		}
	});

	test('in a process that is gone is lost, in another one it is asked of the daemon', async () => {
		await open(succeeding).build(request, about);
		const [run] = await open({}).list();
		const {id} = run as BuildRun;
		rmSync(join(folder, 'builds', `${id}.steps.json`));
		const write = (pid: number, pidSince?: string) => writeFileSync(join(folder, 'builds', `${id}.json`), JSON.stringify({version: 1, run: {...run, pid, pidSince, outcome: 'running', endedAt: undefined}}));
		write(2 ** 22 + 1);
		expect((await open({}).list())[0]).toMatchObject({outcome: 'lost'});
		// The number is another process's by now.
		write(1, (run as BuildRun).pidSince);
		expect((await open({}).list())[0]).toMatchObject({outcome: 'lost'});
		write(1);
		const asked: string[] = [];
		const runs = open({
			follow: async (address, ref, call) => {
				asked.push(address, ref);
				for (const each of said) call.onStatus(each);
			},
		});
		const [running] = await runs.list();
		expect(running).toMatchObject({outcome: 'running'});
		const watched = await runs.open(running as BuildRun, {signal: new AbortController().signal});
		expect(asked).toEqual(['unix:///b.sock', id]);
		expect(watched.detail().state.steps.size).toBe(2);
	});
});

test('the first message is told of at once, and those right after it together', () => {
	let at = 0;
	const tracker = createTracker(() => at);
	const told: number[] = [];
	tracker.subscribe(() => told.push(tracker.detail().state.steps.size));
	tracker.onStatus(status({vertexes: [vertex('a', 'a')]}));
	expect(told).toEqual([1]);
	for (const digest of ['b', 'c', 'd']) tracker.onStatus(status({vertexes: [vertex(digest, digest)]}));
	expect(told).toEqual([1]);
	at = 500;
	tracker.onStatus(status({vertexes: [vertex('e', 'e')]}));
	expect(told).toEqual([1, 5]);
	tracker.end(undefined, 9000);
	expect(told).toEqual([1, 5, 5]);
});

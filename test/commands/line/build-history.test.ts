import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import {Failure} from '../../../source/errors.ts';
import type {BuildRecord, BuildStatus} from '../../../source/model/build.ts';
import type {BuildRun} from '../../../source/model/build-run.ts';
import type {BuildRunsService} from '../../../source/services/build-runs/types.ts';
import type {BuildsService} from '../../../source/services/builds/index.ts';
import {type LineBench, now, openLineBench} from './surroundings.ts';

let bench: LineBench;

beforeAll(async () => {
	bench = await openLineBench();
});

afterAll(async () => bench.close());

const own: BuildRun = {
	...{id: 'aaaa1111', by: 'command line', user: 'ann', pid: 1, address: 'unix:///b.sock', namespace: 'default'},
	order: {args: ['-t', 'app:1', '.'], workingFolder: '/srv/my app'},
	...{context: '/srv/my app', dockerfile: '', target: 'web', tags: ['docker.io/library/app:1']},
	...{startedAt: now - 60_000, endedAt: now - 57_500, outcome: 'done', failure: undefined, digest: 'sha256:d'},
	counts: {total: 4, completed: 4, cached: 1, warnings: 0},
};

const record: BuildRecord = {
	...{ref: 'aabb2222', frontend: 'dockerfile.v0', frontendAttrs: {context: 'https://example.test/x.git', filename: 'Other'}, exporters: [{type: 'image', attrs: {name: 'docker.io/library/other:2'}}]},
	...{error: 'process did not complete', createdAt: now - 3_600_000, completedAt: now - 3_500_000, isPinned: false},
	...{steps: {total: 3, completed: 1, cached: 0}, warnings: 2},
};

const said: BuildStatus = {
	vertexes: [{...{digest: 'v', name: '[1/1] RUN make', inputs: [], isCached: false, error: '', group: undefined}, startedAt: 1000, completedAt: 3000}],
	...{statuses: [], warnings: []},
	logs: [{vertex: 'v', at: 1500, stream: 'stdout', bytes: Buffer.from('made\n')}],
};

/** What the daemon forgot and what our own records lost. */
type Seen = {readonly daemon: string[]; readonly own: string[]};

const services = (seen: Seen = {daemon: [], own: []}, daemon: Partial<BuildsService> = {}) => ({
	builds: {
		find: async () => 'unix:///b.sock',
		history: async () => [record],
		follow: async (_address: string, _ref: string, {onStatus}: {readonly onStatus: (status: BuildStatus) => void}) => onStatus(said),
		forget: async (_address: string, ref: string) => void seen.daemon.push(ref),
		...daemon,
	} satisfies Partial<BuildsService>,
	buildRuns: {list: async () => [own], forget: async (id: string) => void seen.own.push(id)} satisfies Partial<BuildRunsService>,
});

const unreachable: Partial<BuildsService> = {
	find: async () => {
		throw new Failure('unavailable', 'No BuildKit answers');
	},
};

describe('build history', () => {
	test('lists what both know, the last first', async () => {
		const {out, code} = await bench.run(['build', 'history', 'ls'], {services: services()});
		expect(code).toBe(0);
		const lines = out.trimEnd().split('\n');
		expect(lines[0]).toMatch(/^BUILD ID +NAME +STATUS +CREATED +DURATION +STEPS +CACHED$/);
		expect(lines[1]).toMatch(/^aaaa1111 +app:1 \(web\) +Completed +\S.* ago +2\.5s +4\/4 +1$/);
		expect(lines[2]).toMatch(/^aabb2222 +other:2 +Error +.* ago +1m 40s +1\/3 +0$/);
		expect(lines).toHaveLength(3);
	});

	test('of one that both know our own record is shown, once', async () => {
		const {out} = await bench.run(['builder', 'history', 'ls', '-q'], {services: services(undefined, {history: async () => [{...record, ref: own.id}]})});
		expect(out).toBe('aaaa1111\n');
	});

	test('without a daemon shows our own, but not when a daemon was named', async () => {
		expect(await bench.run(['build', 'history', 'ls', '-q'], {services: services(undefined, unreachable)})).toMatchObject({code: 0, out: 'aaaa1111\n'});
		expect(await bench.run(['build', 'history', 'ls', '--buildkit-host', 'unix:///x.sock'], {services: services(undefined, unreachable)})).toMatchObject({code: 1, err: expect.stringContaining('No BuildKit answers')});
	});

	test('inspects by the beginning of an id, and by how long ago', async () => {
		const {out} = await bench.run(['build', 'history', 'inspect', 'aaa'], {services: services()});
		expect(out).toContain("Command:    cd '/srv/my app' && nerdctl build -t app:1 .\n");
		expect(out).toContain('Target:     web\n');
		const json = await bench.run(['build', 'history', 'inspect', '--format', 'json', '^1'], {services: services()});
		expect(JSON.parse(json.out)).toMatchObject({id: 'aabb2222', status: 'Error', error: 'process did not complete', context: 'https://example.test/x.git', command: null, steps: {total: 3}});
	});

	test.each([
		['aa', '2 builds begin with aa'],
		['zz', 'No build is known by the id zz'],
		['^7', 'No build is known by the id ^7'],
	])('%s is told', async (words, why) => {
		expect(await bench.run(['build', 'history', 'inspect', words], {services: services()})).toMatchObject({code: 1, out: '', err: expect.stringContaining(why)});
	});

	test('shows what the daemon remembers of the steps', async () => {
		const {out} = await bench.run(['build', 'history', 'logs', 'aabb'], {services: services()});
		expect(out).toBe('#1 [1/1] RUN make\n#1 made\n#1 DONE 2.0s\n');
	});

	test('forgets where it is known', async () => {
		const seen: Seen = {daemon: [], own: []};
		expect(await bench.run(['build', 'history', 'rm', 'aabb', 'aaaa'], {services: services(seen)})).toMatchObject({code: 0, out: 'aabb2222\naaaa1111\n'});
		expect(seen).toEqual({daemon: ['aabb2222'], own: ['aabb2222', 'aaaa1111']});
	});

	test.each([
		[['build', 'history', 'rm'], 'No build is named'],
		[['build', 'history', 'rm', '--all', 'x'], 'exclude each other'],
	])('%j is refused', async (argv, why) => {
		expect(await bench.run(argv, {services: services()})).toMatchObject({code: 1, err: expect.stringContaining(why)});
	});

	test('does not forget one that runs', async () => {
		const seen: Seen = {daemon: [], own: []};
		const running = {...services(seen), buildRuns: {...services(seen).buildRuns, list: async () => [{...own, outcome: 'running' as const, endedAt: undefined}]}};
		expect(await bench.run(['build', 'history', 'rm', 'aaaa'], {services: running})).toMatchObject({code: 1, err: expect.stringContaining('still being built')});
		expect(await bench.run(['build', 'history', 'rm', '--all'], {services: running})).toMatchObject({code: 0, out: 'aabb2222\n'});
		expect(seen.own).toEqual(['aabb2222']);
	});

	test('a folder of that name is built as ever', async () => {
		const asked: string[] = [];
		const {code} = await bench.run(['build', 'history'], {services: {builds: {find: async () => 'unix:///b.sock', build: async ({context}) => {
			asked.push(context);
			return {digest: undefined, images: [], response: {}};
		}}}});
		expect({code, asked}).toEqual({code: 0, asked: ['history']});
	});
});

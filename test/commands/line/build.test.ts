import {mkdtempSync, readFileSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {Readable} from 'node:stream';
import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import {Failure} from '../../../source/errors.ts';
import type {BuildStatus, CacheRecord, Vertex} from '../../../source/model/build.ts';
import type {BuildRequest, BuildsService} from '../../../source/services/builds/index.ts';
import {type LineBench, openLineBench} from './surroundings.ts';

let bench: LineBench;
let dir: string;

beforeAll(async () => {
	bench = await openLineBench();
	dir = mkdtempSync(join(tmpdir(), 'gantry-build-line-'));
});

afterAll(async () => {
	await bench.close();
	rmSync(dir, {recursive: true, force: true});
});

const step = (digest: string, name: string, more: Partial<Vertex> = {}): Vertex => ({
	...{digest, name, inputs: [], isCached: false, startedAt: 1000, completedAt: undefined, error: '', group: undefined, ...more},
});

const statuses: readonly BuildStatus[] = [
	{vertexes: [step('a', '[1/2] FROM x\u001b[2J'), step('b', '[2/2] RUN y')], statuses: [], logs: [], warnings: []},
	{vertexes: [], statuses: [{id: 'sha256:1', vertex: 'a', name: 'pulling', current: 5, total: 5, startedAt: 1000, completedAt: 2000}], warnings: [], logs: [{vertex: 'b', at: 1250, stream: 'stdout', bytes: Buffer.from('hel')}]},
	{vertexes: [], statuses: [], warnings: [], logs: [{vertex: 'b', at: 1500, stream: 'stdout', bytes: Buffer.from('lo\nbar 1%\rbar 2%\nrest')}]},
	{vertexes: [step('a', '[1/2] FROM x', {isCached: true, completedAt: 1000}), step('b', '[2/2] RUN y', {completedAt: 3500})], statuses: [], logs: [], warnings: []},
];

const service = (asked: BuildRequest[], result: Awaited<ReturnType<BuildsService['build']>> = {digest: 'sha256:d', images: ['docker.io/library/x:1'], response: {}}): Partial<BuildsService> => ({
	find: async ({said}) => said ?? 'unix:///found.sock',
	build: async (request, call) => {
		asked.push(request);
		for (const status of statuses) call?.onStatus?.(status);
		return result;
	},
});

describe('build', () => {
	test('asks for what the flags say', async () => {
		const asked: BuildRequest[] = [];
		const argv = ['build', '-t', 'x:1', '-t', 'x:1', '-t', 'y', '--build-arg', 'A=1', '--platform', 'arm64,amd64', '--secret', 'id=k,env=K', '--ssh', 'default', '--pull=false', '-o', 'type=oci', '--buildkit-host', 'tcp://h:1', '.'];
		expect((await bench.run(argv, {services: {builds: service(asked)}})).code).toBe(0);
		expect(asked[0]).toMatchObject({
			...{address: 'tcp://h:1', context: '.', tags: ['docker.io/library/x:1', 'docker.io/library/y:latest'], output: {kind: 'load', format: 'oci'}},
			flags: {buildArgs: ['A=1'], platforms: ['linux/arm64', 'linux/amd64'], pull: false},
			...{secrets: [{id: 'k', variable: 'K'}], agents: [{id: 'default', socket: undefined}]},
		});
	});

	test('shows every step on stderr, and the image on stdout', async () => {
		const {out, err} = await bench.run(['build', '.'], {services: {builds: service([])}});
		expect(out).toBe('Loaded image: docker.io/library/x:1\n');
		expect(err).toBe('\n#1 [1/2] FROM x\n\n#2 [2/2] RUN y\n#1 sha256:1 5B / 5B done\n#2 0.500 hello\n#2 0.500 bar 2%\n#1 CACHED\n#2 rest\n#2 DONE 2.5s\n');
	});

	test('draws them over each other on a terminal, and all of them at the end', async () => {
		const {err} = await bench.run(['build', '.'], {services: {builds: service([])}, terminal: {isTTY: true, columns: 40, rows: 24}});
		const last = err.split('[+] Building').at(-1)!.replaceAll(/\u001b\[[0-9]*[AJK]/g, '');
		expect(last).toMatch(/^ [\d.]+s \(2\/2\)\n\rC CACHED \[1\/2\] FROM x +0\.0s\n\r= \[2\/2\] RUN y +2\.5s\n$/);
	});

	test('says each message as JSON', async () => {
		const {err} = await bench.run(['build', '--progress', 'json', '.'], {services: {builds: service([])}});
		const lines = err.trimEnd().split('\n').map(line => JSON.parse(line) as {logs: Array<{data: string}>});
		expect(lines).toHaveLength(4);
		expect(Buffer.from(lines[1]!.logs[0]!.data, 'base64').toString()).toBe('hel');
	});

	test('says the digest only', async () => {
		expect(await bench.run(['build', '-q', '.'], {services: {builds: service([])}})).toMatchObject({out: 'sha256:d\n', err: ''});
	});

	test('writes down what was made', async () => {
		const response = {'containerimage.digest': 'sha256:d', 'containerimage.descriptor': Buffer.from('{"size":3}').toString('base64'), 'image.name': 'x'};
		const argv = ['build', '--iidfile', join(dir, 'iid'), '--metadata-file', join(dir, 'meta.json'), '.'];
		await bench.run(argv, {services: {builds: service([], {digest: 'sha256:d', images: [], response})}});
		expect(readFileSync(join(dir, 'iid'), 'utf8')).toBe('sha256:d');
		expect(JSON.parse(readFileSync(join(dir, 'meta.json'), 'utf8'))).toEqual({...response, 'containerimage.descriptor': {size: 3}});
	});

	test('takes a context from standard input: a Dockerfile, or an archive', async () => {
		const asked: BuildRequest[] = [];
		await bench.run(['build', '-'], {input: 'FROM scratch\n', services: {builds: service(asked)}});
		await bench.run(['build', '-f', 'sub/Other', '-'], {stdin: Readable.from([Buffer.from([0x1f, 0x8b, 8, 0])]), services: {builds: service(asked)}});
		expect(asked.map(({context, dockerfile, archive}) => [context, dockerfile instanceof Uint8Array ? Buffer.from(dockerfile).toString() : dockerfile, archive !== undefined])).toEqual([
			['-', 'FROM scratch\n', false],
			['-', 'sub/Other', true],
		]);
	});

	test('takes the Dockerfile from standard input', async () => {
		const asked: BuildRequest[] = [];
		await bench.run(['build', '-f', '-', '.'], {input: 'FROM scratch\n', services: {builds: service(asked)}});
		expect(Buffer.from(asked[0]!.dockerfile as Uint8Array).toString()).toBe('FROM scratch\n');
	});

	test.each([
		[['build'], 'requires'],
		[['build', '-f', '-', '-'], 'standard input'],
		[['build', '-f', 'Other', '-'], 'standard input is no archive'],
		[['build', '--progress', 'fancy', '.'], '"fancy"'],
		[['build', '--squash', '.'], 'does not squash'],
		[['build', '--secret', 'nothing=1', '.'], '--secret'],
	])('%j is refused', async (argv, words) => {
		const {code, err} = await bench.run(argv, {services: {builds: service([])}});
		expect([code, err.includes(words)]).toEqual([1, true]);
	});

	test('a failure is its sentence and exit code 1', async () => {
		const failing: Partial<BuildsService> = {
			find: async () => 'x',
			build: async () => {
				throw new Failure('internal', 'exit code: 7');
			},
		};
		expect(await bench.run(['build', '.'], {services: {builds: failing}})).toMatchObject({code: 1, err: expect.stringContaining('exit code: 7')});
	});
});

describe('builder', () => {
	const record: CacheRecord = {
		...{id: 'abc', parents: [], description: 'mount / from exec', type: 'regular', isMutable: false, isInUse: false, isShared: false},
		...{bytes: 2048, createdAt: 0, lastUsedAt: undefined, usageCount: 1},
	};
	const builds: Partial<BuildsService> = {
		find: async () => 'unix:///b.sock',
		cache: async () => [record, {...record, id: 'def', isInUse: true}],
		prune: async (_address, {all}) => (all ? [record] : []),
		workers: async () => [{id: 'w1', labels: {'org.mobyproject.buildkit.worker.executor': 'oci'}, platforms: [{os: 'linux', architecture: 'amd64'}], gcPolicy: [], version: ''}],
	};

	test('du counts what can be freed', async () => {
		const {out} = await bench.run(['builder', 'du'], {services: {builds}});
		expect(out.split('\n').slice(0, 2).map(line => line.split(/ {2,}/)[0])).toEqual(['ID', 'abc']);
		expect(out).toContain('Reclaimable: 2.0K\nTotal: 4.0K\n');
		expect((await bench.run(['builder', 'du', '--format', 'json'], {services: {builds}})).out.split('\n').filter(Boolean).map(line => (JSON.parse(line) as {id: string}).id)).toEqual(['abc', 'def']);
	});

	test('prune asks, and frees', async () => {
		const asked = await bench.run(['builder', 'prune'], {input: 'n\n', services: {builds}});
		expect(asked.out).toMatch(/^TYPE +COUNT +SIZE +IN USE +SHARED\nregular +1 +2\.0K +0 +0\nall +1 +2\.0K +0 +0\nThis will remove 1 record of the build cache, 2\.0K\.\nAre you sure/);
		expect((await bench.run(['builder', 'prune', '--all', '--force'], {services: {builds}})).out).toBe('abc\t2.0K\nTotal: 2.0K\n');
	});

	test('prune takes docker’s limits', async () => {
		const asked: unknown[] = [];
		const seeing: Partial<BuildsService> = {...builds, prune: async (_address, limits) => {
			asked.push(limits);
			return [];
		}};
		await bench.run(['builder', 'prune', '-f', '--filter', 'until=1h30m', '--filter', 'type==regular', '--keep-storage', '10GB'], {services: {builds: seeing}});
		expect(asked).toEqual([{all: false, filters: ['type==regular'], keepMs: 5_400_000, reservedBytes: 10 * 1024 ** 3}]);
		expect(await bench.run(['builder', 'prune', '-f', '--filter', 'until=soon'], {services: {builds: seeing}})).toMatchObject({code: 1, err: expect.stringContaining('no span of time')});
		expect(await bench.run(['builder', 'prune', '-f', '--reserved-space', 'much'], {services: {builds: seeing}})).toMatchObject({code: 1, err: expect.stringContaining('--reserved-space is "much"')});
		expect(await bench.run(['builder', 'prune', '--filter', 'type==exec.cachemount'], {services: {builds: seeing}})).toMatchObject({code: 0, out: 'Nothing of the build cache would go.\n'});
	});

	test('ls names the workers', async () => {
		expect((await bench.run(['builder', 'ls'], {services: {builds}})).out).toMatch(/w1 +unix:\/\/\/b\.sock +oci +linux\/amd64/);
	});
});

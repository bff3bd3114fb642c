import {spawn} from 'node:child_process';
import {once} from 'node:events';
import {mkdirSync, mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {expect, onTestFinished, test} from 'vitest';
import {stack} from '../../source/commands/index.ts';
import {Failure} from '../../source/errors.ts';
import type {BuildStatus, CacheRecord, Vertex} from '../../source/model/build.ts';
import type {BuildRun} from '../../source/model/build-run.ts';
import {processStart} from '../../source/clients/host/process-start.ts';
import type {BuildCall, BuildRequest, BuildResult, BuildsService} from '../../source/services/builds/types.ts';
import {fakeDaemon, openScreen, type OpenOptions, type Screen} from './harness.tsx';

const key = String(stack.findIndex(({id}) => id === 'builds') + 1);

const vertex = (digest: string, name: string, more: Partial<Vertex> = {}): Vertex => ({...{digest, name, inputs: [], isCached: false, startedAt: 1000, completedAt: undefined, error: '', group: undefined}, ...more});

const status = (more: Partial<BuildStatus>): BuildStatus => ({vertexes: [], statuses: [], logs: [], warnings: [], ...more});

const said = (digest: string, text: string): BuildStatus => status({logs: [{vertex: digest, at: 1500, stream: 'stdout', bytes: Buffer.from(text)}]});

/** A build that does what the test says, while the test says it. */
const puppet = () => {
	const asked: BuildRequest[] = [];
	let call: BuildCall | undefined;
	let ending = Promise.withResolvers<BuildResult>();
	const builds: Partial<BuildsService> = {
		find: async () => 'unix:///b.sock',
		history: async () => [],
		build: async (request, given) => {
			asked.push(request);
			call = given;
			ending = Promise.withResolvers();
			given?.signal?.addEventListener('abort', () => ending.reject(given.signal?.reason));
			return ending.promise;
		},
	};
	return {
		...{asked, builds},
		say: (...messages: readonly BuildStatus[]) => {
			for (const message of messages) call?.onStatus?.(message);
		},
		succeed: () => ending.resolve({digest: 'sha256:d1', images: [], response: {}}),
		fail: (error: unknown) => ending.reject(error),
	};
};

const folder = (dockerfile: string): string => {
	const path = mkdtempSync(join(tmpdir(), 'gantry-app-build-'));
	onTestFinished(() => rmSync(path, {recursive: true, force: true}));
	writeFileSync(join(path, 'Dockerfile'), dockerfile);
	return path;
};

const build = async (screen: Screen, path: string, tag = 'app:1'): Promise<void> => {
	screen.press('B');
	await screen.until('Build an image');
	screen.type(path);
	screen.press('down');
	screen.type(tag);
	await screen.until(`$ nerdctl build -t ${tag}`);
	screen.press('enter');
	await screen.until((frame) => !frame.includes('Build an image') && frame.includes('Waiting for the first step'));
};

const open = async (options: OpenOptions = {}) => {
	const doll = puppet();
	const screen = await openScreen(await fakeDaemon(), {builds: doll.builds, environment: {HOME: '/nowhere', XDG_STATE_HOME: mkState()}, ...options});
	return {...doll, screen};
};

const mkState = (): string => {
	const path = mkdtempSync(join(tmpdir(), 'gantry-app-state-'));
	onTestFinished(() => rmSync(path, {recursive: true, force: true}));
	return path;
};

test('a build is started, watched step by step, and remembered with where its time went', async () => {
	const {screen, asked, say, succeed} = await open();
	const path = folder('FROM x\nRUN make\n');
	await build(screen, path);
	say(status({vertexes: [vertex('a', '[1/2] FROM x', {isCached: true, completedAt: 1000}), vertex('b', '[2/2] RUN make')]}));
	await screen.until(/= {3}1 \[1\/2\] FROM x +cached/);
	say(said('b', 'compiling\u001b[2J one\n'));
	await screen.until('compiling one');
	expect(screen.frame()).toMatch(/▶ {3}2 \[2\/2\] RUN make +▒+ +\d/);
	say(status({statuses: [{id: 'sha256:0123456789abcdef0123', vertex: 'b', name: '', current: 1024, total: 4096, startedAt: 1, completedAt: undefined}]}));
	await screen.until('0123456789ab 1.0K/4.0K 25%');
	say(status({vertexes: [vertex('b', '[2/2] RUN make', {completedAt: 4000})]}));
	succeed();
	await screen.until('Built app:1');
	await screen.until('done · 2/2 steps · 1 cached · 3.0s');
	expect(asked[0]).toMatchObject({context: path, tags: ['docker.io/library/app:1'], address: 'unix:///b.sock'});

	screen.press('right', 'enter');
	await screen.until((frame) => frame.includes('[Log]') && frame.includes('compiling one'));
	screen.press('<');
	await screen.until('This step has said nothing');
	screen.press(']');
	await screen.until(/2 {2}RUN make/);
	screen.press(']');
	await screen.until(/from cache +50% of the steps/);
	expect(screen.frame()).toMatch(/real time +3\.0s/);
	// As much of it as the column takes, wherever this tree is: a long path begins a line of its own.
	expect(screen.frame()).toMatch(/\bcd\b/);
	expect(screen.frame()).toContain(process.cwd().slice(0, 16));
	screen.press(']');
	await screen.until('There is no run before this one');
});

test('a failure is shown at its line of the Dockerfile, and again builds it once more, to be compared', async () => {
	const {screen, asked, say, fail, succeed} = await open({columns: 80, rows: 24});
	await build(screen, folder('FROM x\nRUN make\n'));
	say(status({vertexes: [vertex('b', '[2/2] RUN make', {completedAt: 2500, error: 'exit code: 2'})], warnings: [{vertex: 'b', level: 1, short: 'FROM is lower case', detail: [], url: '', source: {file: 'Dockerfile', text: 'FROM x\nRUN make\n', ranges: [{first: 1, last: 1}]}}]}));
	fail(new Failure('internal', 'Could not build: make failed'));
	await screen.until('Could not build: make failed');
	await screen.until(/✗ {3}1 \[2\/2\] RUN make .*failed/);
	screen.press(']', ']');
	await screen.until((frame) => /> {3}1 {2}FROM x/.test(frame) && frame.includes('warning: FROM is lower case') && frame.includes('error: Could not build: make failed'));
	screen.press('r');
	await screen.until((frame) => frame.includes('[Steps]') && frame.includes('Waiting for the first step'));
	say(status({vertexes: [vertex('b', '[2/2] RUN make', {completedAt: 9000})]}));
	succeed();
	await screen.until('done · 1/1 steps');
	expect(asked[1]?.context).toBe(asked[0]?.context);
	screen.press('[');
	await screen.until(/ failed +8\.0s +\+6\.5s +\[2\/2\] RUN make/);
});

test('a build is cancelled by its key, and one that does not run is not', async () => {
	const {screen, say} = await open();
	await build(screen, folder('FROM x\n'));
	say(status({vertexes: [vertex('a', '[1/1] RUN sleep')]}));
	await screen.until('[1/1] RUN sleep');
	screen.press('s');
	await screen.until('Cancelled: Build app:1');
	await screen.until(/app:1 +cancelled/);
	screen.press('s');
	await screen.until('app:1 does not run');
	screen.press('Y');
	await screen.until('Copied cd ');
	screen.press('d');
	await screen.until('What was built stays');
	screen.press('y');
	await screen.until('No builds yet');
});

test('steps stand by stage when that is wanted, and the cursor goes the way that they stand', async () => {
	const {screen, say} = await open({columns: 80, rows: 24});
	await build(screen, folder('FROM x AS base\n'));
	say(status({vertexes: [vertex('i', '[internal] load build definition', {completedAt: 1100}), vertex('b1', '[base 1/2] FROM x', {isCached: true, completedAt: 1200}), vertex('o1', '[other 1/1] RUN second', {completedAt: 3000}), vertex('b2', '[base 2/2] RUN third')]}));
	await screen.until(/2 \[base 1\/2\] FROM x.*3 \[other 1\/1\] RUN second.*4 \[base 2\/2\] RUN third/s);
	screen.press('right', 't');
	await screen.until(/internal ─+ 1\/1 · 0\.1s.*base ─+ 1\/2 · .*2 1\/2 FROM x.*4 2\/2 RUN third.*other ─+ 1\/1 · 2\.0s.*3 1\/1 RUN second/s);
	say(said('o1', 'words of the second\n'));
	screen.press('>', 'enter');
	await screen.until('words of the second');
	screen.press('enter', 't');
	await screen.until('[base 2/2] RUN third');
});

test('a build of another program is cancelled when that is agreed to, but none of another dashboard', async () => {
	const state = mkState();
	const child = spawn('sleep', ['600'], {stdio: 'ignore'});
	const ended = once(child, 'exit');
	onTestFinished(() => void child.kill());
	const record: BuildRun = {
		...{id: 'aaaa1111', by: 'command line', user: 'ann', pid: child.pid as number, pidSince: processStart(child.pid as number), address: 'unix:///b.sock', namespace: 'default'},
		...{order: {args: ['-t', 'theirs:1', '.'], workingFolder: '/srv'}, context: '/srv', dockerfile: '', target: '', tags: ['docker.io/library/theirs:1'], startedAt: 1000, endedAt: undefined},
		...{outcome: 'running', failure: undefined, digest: undefined, counts: {total: 0, completed: 0, cached: 0, warnings: 0}},
	};
	mkdirSync(join(state, 'gantry/builds'), {recursive: true});
	for (const run of [record, {...record, id: 'bbbb2222', by: 'dashboard', tags: ['docker.io/library/mine:1'], startedAt: 500}]) writeFileSync(join(state, 'gantry/builds', `${run.id}.json`), JSON.stringify({version: 1, run}));
	const {screen} = await open({environment: {HOME: '/nowhere', XDG_STATE_HOME: state}, builds: {find: async () => 'unix:///b.sock', history: async () => [], follow: async () => undefined}});
	screen.press(key);
	await screen.until('theirs:1');
	screen.press('s');
	await screen.until((frame) => frame.includes('Cancel theirs:1, which another program runs?') && frame.includes(`process ${child.pid} of ann`));
	screen.press('n');
	await screen.until((frame) => !frame.includes('Cancel theirs:1'));
	screen.press('s');
	await screen.until('Cancel theirs:1');
	screen.press('y');
	expect(await ended).toEqual([null, 'SIGINT']);
	screen.press('down', 's');
	await screen.until('mine:1 runs in another dashboard');
});

test('without a BuildKit it says which were tried', async () => {
	const absent = new Failure('unavailable', 'There is no BuildKit to build with; tried /run/x (there is no such socket)', {hint: 'start buildkitd'});
	const {screen} = await open({
		builds: {
			find: async () => {
				throw absent;
			},
		},
	});
	screen.press(key);
	await screen.until((frame) => frame.includes('tried /run/x') && frame.includes('start buildkitd') && frame.includes('B builds a directory'));
});

test('builds that only the daemon remembers are listed, and followed', async () => {
	const record = {ref: 'r1', frontend: 'dockerfile.v0', frontendAttrs: {target: 'web', context: 'https://host/x.git'}, exporters: [{type: 'image', attrs: {name: 'docker.io/library/theirs:2'}}], error: undefined, createdAt: 1000, completedAt: 9000, isPinned: false};
	const asked: string[] = [];
	const {screen} = await open({
		builds: {
			find: async () => 'unix:///b.sock',
			history: async () => [{...record, steps: {total: 4, completed: 4, cached: 1}, warnings: 0}],
			follow: async (_, ref, {onStatus}) => {
				asked.push(ref);
				onStatus(status({vertexes: [vertex('a', 'their step', {completedAt: 3000})]}));
			},
		},
	});
	screen.press(key);
	await screen.until(/✓ theirs:2 \(web\) +8\.0s/);
	await screen.until('their step');
	screen.press('r');
	await screen.until('How it was asked for is not known');
	expect(asked).toEqual(['r1']);
});

test('the build cache: what is in it, what a prune would free, and the prune', async () => {
	const one = {...{parents: [], description: 'mount / from exec', type: 'regular', isMutable: false, isInUse: false, isShared: false}, ...{createdAt: 1, lastUsedAt: 1, usageCount: 3}};
	const records: readonly CacheRecord[] = [
		{...one, id: 'a', bytes: 3_000_000},
		{...one, id: 'b', bytes: 1_000_000, type: 'source.local', description: 'local source for context', parents: []},
		{...one, id: 'c', bytes: 500_000, isInUse: true},
	];
	const pruned: unknown[] = [];
	const {screen} = await open({
		builds: {
			find: async () => 'unix:///b.sock',
			history: async () => [],
			cache: async () => records,
			workers: async () => [{id: 'w1', labels: {'org.mobyproject.buildkit.worker.executor': 'oci'}, platforms: [{os: 'linux', architecture: 'amd64', variant: undefined}], gcPolicy: [{all: true, filters: [], keepMs: 3_600_000, reservedBytes: 2 ** 30, maxUsedBytes: 0, minFreeBytes: 0}], version: 'v0.17'}],
			prune: async (_, limits) => {
				pruned.push(limits);
				return records.slice(1, 2);
			},
		},
	});
	screen.press(key, 'C');
	await screen.until('Build cache of unix:///b.sock');
	const frame = screen.frame();
	expect(frame).toMatch(/977K +contexts/);
	expect(frame).toMatch(/3\.8M +unused/);
	expect(frame).toMatch(/all +3 +4\.3M +1 +0/);
	expect(frame).toMatch(/rule 1: everything, unused for 1h, keeps 1\.0G/);
	screen.press('j', 'j', 'enter');
	await screen.until('About 977K in 1 record would be freed');
	screen.press('y');
	await screen.until('Pruned 1 record of the build cache, 977K');
	expect(pruned).toEqual([{all: false, filters: ['type==source.local'], keepMs: 0, reservedBytes: 0}]);
});

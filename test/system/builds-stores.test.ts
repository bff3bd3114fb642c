import {spawnSync} from 'node:child_process';
import {copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {Readable} from 'node:stream';
import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import {whyNoBuilds} from '../../scripts/lab/dockerd.ts';
import {titled} from '../../scripts/lab/possible.ts';
import type {BuildState} from '../../source/model/build-steps.ts';
import {parseCache} from '../../source/model/build-flags.ts';
import {type BuildsBench, openBuildsBench, plainFlags} from './builds/bench.ts';

const why = whyNoBuilds();

describe.skipIf(why !== undefined)(titled('layouts in folders here, and archives', why), () => {
	let bench: BuildsBench;
	let dir: string;

	beforeAll(async () => {
		bench = await openBuildsBench();
		dir = bench.dir;
		// What is left behind in the place for temporary files is counted: nobody else may be at work there.
		process.env['TMPDIR'] = join(dir, 'temporary');
		copyFileSync('/bin/busybox', join(bench.context, 'busybox'));
	});

	afterAll(async () => {
		delete process.env['TMPDIR'];
		await bench?.stop();
	});

	const ran = ({steps}: BuildState, name: string): string | undefined => [...steps.values()].find(({vertex}) => vertex.name.includes(name))?.state;

	const forgetAll = async (): Promise<void> => void (await bench.builds.prune(bench.builder.address, {all: true, filters: [], keepMs: 0, reservedBytes: 0}));

	const dockerfile = 'FROM scratch\nCOPY busybox /bin/sh\nRUN echo slow > /made\n';

	test('a cache is written into one and taken from it by a daemon that knows nothing any more', {timeout: 60_000}, async () => {
		const first = await bench.build(dockerfile, {cacheFrom: [parseCache('type=local,src=cache', '--cache-from')], cacheTo: [parseCache('type=local,dest=cache,mode=max', '--cache-to')]});
		expect(first.warnings.map(({short}) => short)).toEqual([expect.stringContaining(`No cache is taken from ${dir}/cache`)]);
		expect(ran(first, 'RUN echo slow')).toBe('done');
		expect(existsSync(join(dir, 'cache/index.json'))).toBe(true);
		expect(readdirSync(join(dir, 'cache/ingest'))).toEqual([]);
		await forgetAll();
		const second = await bench.build(dockerfile, {cacheFrom: [parseCache('type=local,src=cache', '--cache-from')]});
		expect(second.warnings).toEqual([]);
		expect(ran(second, 'RUN echo slow')).toBe('cached');
	});

	test('a layout is what a named context stands for', {timeout: 60_000}, async () => {
		const archive = join(dir, 'base.tar');
		await bench.build('FROM scratch\nCOPY busybox /bin/sh\n', {tags: ['docker.io/library/base:1'], output: {kind: 'archive', type: 'oci', to: archive, attrs: {}}});
		mkdirSync(join(dir, 'layout'));
		expect(spawnSync('tar', ['-xf', archive, '-C', join(dir, 'layout')]).status).toBe(0);
		const index = JSON.parse(readFileSync(join(dir, 'layout/index.json'), 'utf8')) as {readonly manifests: ReadonlyArray<{readonly digest: string; readonly annotations?: Readonly<Record<string, string>>}>};
		const {digest, annotations} = index.manifests[0]!;
		for (const where of [`layout@${digest}`, `layout:${annotations?.['org.opencontainers.image.ref.name'] ?? ''}`]) {
			const state = await bench.build('FROM base\nRUN echo from a layout > /made\n', {flags: {...plainFlags, noCache: true, buildContexts: [`base=oci-layout://${where}`]}});
			expect(ran(state, 'RUN echo from a layout')).toBe('done');
		}
		writeFileSync(join(dir, 'layout/index.json'), '{"schemaVersion":2,"manifests":[]}');
		await expect(bench.build('FROM base\n', {flags: {...plainFlags, buildContexts: ['base=oci-layout://layout']}})).rejects.toThrow('has nothing called latest');
	});

	test.each([[[] as readonly string[]], [['-z']], [['-j']]])('an archive (%j) is a context, with its Dockerfile or another', {timeout: 60_000}, async packed => {
		const tree = mkdtempSync(join(dir, 'tree-'));
		copyFileSync('/bin/busybox', join(tree, 'busybox'));
		writeFileSync(join(tree, 'Dockerfile'), 'FROM scratch\nCOPY busybox /bin/sh\nRUN echo from an archive\n');
		mkdirSync(join(tree, 'sub'));
		writeFileSync(join(tree, 'sub/Other'), 'FROM scratch\nCOPY busybox /bin/sh\nRUN echo by another\n');
		const bytes = spawnSync('tar', ['-c', ...packed, '-f', '-', '-C', tree, '.'], {maxBuffer: 64 * 1024 * 1024}).stdout;
		const send = async (name: string | undefined): Promise<BuildState> =>
			bench.build('', {context: '-', archive: Readable.from([bytes]), dockerfile: name, flags: {...plainFlags, noCache: true}});
		expect(ran(await send(undefined), 'RUN echo from an archive')).toBe('done');
		expect(ran(await send('sub/Other'), 'RUN echo by another')).toBe('done');
	});

	test('a Dockerfile alone has nothing to copy', async () => {
		await expect(bench.build('FROM scratch\nCOPY . /\nCOPY Dockerfile /\n', {context: '-'})).rejects.toThrow('"/Dockerfile": not found');
		expect(readdirSync(tmpdir()).filter(name => name.startsWith('gantry-dockerfile-'))).toEqual([]);
	});
});

import {spawnSync} from 'node:child_process';
import {once} from 'node:events';
import {mkdirSync, readFileSync, renameSync, rmSync, symlinkSync, truncateSync, writeFileSync} from 'node:fs';
import {createServer} from 'node:net';
import {join} from 'node:path';
import {afterAll, beforeAll, describe, expect, test, vi} from 'vitest';
import {findDockerBuildx} from '../../scripts/lab/docker-buildx.ts';
import {whyNoBuilds} from '../../scripts/lab/dockerd.ts';
import {titled} from '../../scripts/lab/possible.ts';
import {messageOf} from '../../source/errors.ts';
import {layerDigests} from './builds/archive.ts';
import {type BuildsBench, openBuildsBench, plainFlags} from './builds/bench.ts';
import {writeTree} from './builds/tree.ts';

const why = whyNoBuilds() ?? (findDockerBuildx() === undefined ? 'no docker-buildx of trixie here' : undefined);

vi.setConfig({testTimeout: 60_000});

/** What `.dockerignore` says, byte for byte. */
const ignores: readonly string[] = [
	...['', '*', '**', '.', '/', '***', '*/*', '*/*/*', '**/*', '.*', '**/.*'],
	...['a', 'a/', '/a', './a', 'a/.', 'a/*', 'a/**', 'a/**/', 'a/../docs', '  docs  ', '\tdocs', 'docs/more/', '../docs', 'docs/..'],
	...['*.md', '**/*.md', '**.md', 'a/**/*.md', '**/README.md', '**/b/**', '**/c', 'a/**/file*', 'a/***/file.txt', '**/node_modules', 'node_modules/', '**/node_modules/**'],
	...['foo', 'foo*', 'foo?', '?oo', 'fo[o]', '[a-f]oo', '[^a]*', '[!a]*', '[ab]', 'a.b', 'a?b', 'a-b', 'A', 'b/UPPER'],
	...['with space', '\\[odd\\]name', '[[]odd]name', 'a+b(c){d}$', 'back\\\\slash', '#hash', '\\#hash', '!bang', '\\!bang', 'é', '?', 'a,b'],
	...['*\n!a', '*\n!a/', '*\n!a/b', '*\n!a/b/c', '*\n!**/*.go', '*\n!a/*/c', '**\n!docs/more/page.html', '*\n!nothing', '*\n!node_modules\nnode_modules/x'],
	...['a\n!a/b/c', 'docs\n!docs/README.md', 'docs/\n!docs/more', '!docs/README.md\ndocs', 'docs/*\n!docs/README.md\ndocs/README*', '**/*.md\n!README.md', '**/*.html\n!**/page.html'],
	...['link', 'link/b', '*link*', 'docs/index.html', 'docs/same.html', 'docs/index.html\nzz-same.html', 'empty', 'empty/inner', 'loop-1'],
	...['# a comment\na', '\uFEFFa', 'a\r\ndocs\r\n', '\n\n\na\n\n', ' # no comment\na', '! a\n*', '*\n! a', '.dockerignore'],
];

/** A mistake, for the one as for the other. */
const mistakes: readonly string[] = ['[', '[a', 'a[]b', '[-]', 'a\\', '!', '*\n!', '[b-'];

/** Of what a Dockerfile copies the daemon asks for no more than that, and what it leads to. */
const copies: ReadonlyArray<readonly [instruction: string, ignore: string]> = [
	...['a /x', 'a/ /x/', 'a/b /x/', 'a/b/*.txt /x/', 'README.md docs /x/', '*.md /x/', '**/*.md /x/', 'docs/../a /x', '/a /x', './a /x', 'empty /x', 'foo* /x/', '[^a-z]* /x/', '["with space", "a,b", "/x/"]', '["[[]odd]name", "/x/"]', 'é /x/']
		.map((copy): [string, string] => [copy, '']),
	...['link /x', 'link/ /x/', 'link/b/file.txt /x/', 'link-file /x', 'chain/file.txt /x/', 'absolute /x', 'up/README.md /x', 'up /x/', 'a/inner /x', 'link/inner /x', 'link/*.md /x/', 'lin* /x/', 'docs/same.html /x', 'zz-same.html docs/same.html /x/']
		.map((copy): [string, string] => [copy, '']),
	['a /x', 'a/b'],
	['a /x', '*\n!a/b/c'],
	['. /x', '**/*.md'],
	['link/b/ /x/', 'a/b/c'],
	['*.md docs/*.md /x/', '**/*.html'],
	['README.md /x', '*\n!README.md'],
	['--from=more sub /x', ''],
	['--from=more link/one /x/', ''],
];

/** What is not there, or left out, or leads nowhere. */
const missing: ReadonlyArray<readonly [instruction: string, ignore: string]> = [
	['nowhere /x', ''],
	['a /x', 'a'],
	['dangling /x/', ''],
	['docs/back/foo /x', ''],
	['l* /x/', ''],
	['dangling/a /x/', ''],
	['loop-1/a /x/', ''],
	['itself/a /x/', ''],
	['link/b/file.txt /x/', 'a'],
	['README.md /x', '*'],
];

/** What the daemon calls a context is drawn by lot. */
const withoutRefs = (message: string): string => message.replace(/of ref \S+/, 'of ref');

const listed = (tar: string): readonly string[] => {
	const {stdout, status, stderr} = spawnSync('tar', ['-tvf', tar, '--full-time', '--quoting-style=escape'], {encoding: 'utf8', maxBuffer: 1e8});
	if (status !== 0) throw new Error(stderr);
	return stdout.split('\n').filter(line => line !== '');
};

describe.skipIf(why !== undefined)(titled('what a build is sent is what docker buildx sends', why), () => {
	let bench: BuildsBench;
	let file: string;

	beforeAll(async () => {
		bench = await openBuildsBench();
		file = join(bench.dir, 'Dockerfile');
		writeTree(bench.context);
		const more = join(bench.dir, 'more');
		mkdirSync(join(more, 'sub'), {recursive: true});
		writeFileSync(join(more, 'sub/one'), '1');
		symlinkSync('sub', join(more, 'link'));
	});

	afterAll(async () => bench?.stop());

	const ignore = (text: string): void => {
		if (text === '') rmSync(join(bench.context, '.dockerignore'), {force: true});
		else writeFileSync(join(bench.context, '.dockerignore'), text);
	};

	/** Without what is known of the other's build: the same content would be found again, with the other's times. */
	const ours = async (dockerfile: string, to: string): Promise<void> => {
		await bench.builds.build(
			bench.request(dockerfile, {
				output: {kind: 'archive', type: 'tar', to, attrs: {}},
				flags: {...plainFlags, noCache: true, buildContexts: ['more=more']},
			}),
		);
	};

	const theirs = async (dockerfile: string, to: string): Promise<void> => {
		writeFileSync(file, dockerfile);
		await bench.buildx(['build', '--no-cache', '--progress', 'plain', '-f', file, '--build-context', 'more=more', '--output', `type=tar,dest=${to}`, bench.context]);
	};

	/** Of the folder that COPY makes the time is when it was made. */
	const withoutFolderTimes = (lines: readonly string[]): readonly string[] => lines.map(line => (line.startsWith('d') ? line.replace(/\d{4}-\d\d-\d\d \S+/, '') : line));

	const both = async (dockerfile: string): Promise<{readonly ours: readonly string[]; readonly theirs: readonly string[]}> => {
		const [our, their] = [join(bench.dir, 'ours.tar'), join(bench.dir, 'theirs.tar')];
		await Promise.all([ours(dockerfile, our), theirs(dockerfile, their)]);
		return {ours: withoutFolderTimes(listed(our)), theirs: withoutFolderTimes(listed(their))};
	};

	test.each(ignores)('ignoring %j', async text => {
		ignore(text);
		const found = await both('FROM scratch\nCOPY . /\n');
		expect(found.ours).toEqual(found.theirs);
	});

	test.each(copies)('COPY %s, ignoring %j', async (instruction, text) => {
		ignore(text);
		const found = await both(`FROM scratch\nCOPY ${instruction}\n`);
		expect(found.ours).toEqual(found.theirs);
		expect(found.ours).not.toEqual([]);
	});

	test.each(['*.none /x/', 'li*/b/file.txt /x/'])('COPY %s, which nothing matches', async instruction => {
		ignore('');
		const found = await both(`FROM scratch\nCOPY ${instruction}\n`);
		expect(found).toEqual({ours: [], theirs: []});
	});

	test.each([...mistakes.map((text): readonly [string, string] => ['. /', text]), ...missing])('COPY %s, ignoring %j, is refused by both', async (instruction, text) => {
		ignore(text);
		const dockerfile = `FROM scratch\nCOPY ${instruction}\n`;
		const [our, their] = await Promise.all([
			ours(dockerfile, join(bench.dir, 'refused-ours.tar')).then(() => 'taken', messageOf),
			theirs(dockerfile, join(bench.dir, 'refused-theirs.tar')).then(() => 'taken', (error: unknown) => String((error as {all?: string}).all)),
		]);
		expect(our).not.toBe('taken');
		expect(their).toMatch(/ERROR: /);
		if (instruction !== '. /') expect(withoutRefs(our)).toBe(withoutRefs(/ERROR: failed to solve: (.*)/.exec(their)?.[1] ?? ''));
	});

	test('pipes, sockets, devices, files with holes and names that are no text', async () => {
		ignore('');
		const odd = join(bench.context, 'odd');
		mkdirSync(odd);
		try {
			spawnSync('mkfifo', [join(odd, 'pipe')]);
			spawnSync('mknod', [join(odd, 'null'), 'c', '1', '3']);
			spawnSync('mknod', [join(odd, 'loop'), 'b', '7', '300']);
			writeFileSync(join(odd, 'holes'), '');
			truncateSync(join(odd, 'holes'), 20_000_000);
			writeFileSync(Buffer.concat([Buffer.from(`${odd}/`), Buffer.from([0x6e, 0xff, 0xfe])]), 'x');
			const server = createServer().listen(join(odd, 'listening'));
			await once(server, 'listening');
			renameSync(join(odd, 'listening'), join(odd, 'socket'));
			server.close();
			const found = await both('FROM scratch\nCOPY odd /\n');
			expect(found.ours).toEqual(found.theirs);
			expect(found.ours.map(line => line.split(' ').at(-1))).toEqual(['holes', 'loop', 'null', 'n\\377\\376', 'pipe', 'socket']);
		} finally {
			rmSync(odd, {recursive: true});
		}
	});

	test('a folder that is taken back has the same files', async () => {
		ignore('');
		const dockerfile = 'FROM scratch\nCOPY . /\n';
		writeFileSync(file, dockerfile);
		await bench.builds.build(bench.request(dockerfile, {output: {kind: 'folder', to: 'ours', attrs: {}}, flags: {...plainFlags, noCache: true}}));
		await bench.buildx(['build', '--no-cache', '-f', file, '--output', 'type=local,dest=theirs', bench.context]);
		const kept = (folder: string): ReadonlyArray<readonly [what: string, at: number]> =>
			spawnSync('find', [folder, '-mindepth', '1', '-printf', '%P %y %m %n %U %l\\t%T@\\n'], {cwd: bench.dir, encoding: 'utf8'})
				.stdout.split('\n')
				.sort()
				.map(line => [line.split('\t')[0] ?? '', Number(line.split('\t')[1] ?? 0)]);
		const [our, their] = [kept('ours'), kept('theirs')];
		expect(our.map(([what]) => what)).toEqual(their.map(([what]) => what));
		// Node takes times as seconds in a double: at today's date it tells a quarter of a microsecond.
		expect(our.filter(([, at], index) => Math.abs(at - their[index]![1]) > 1e-6)).toEqual([]);
		expect(spawnSync('diff', ['-r', '--no-dereference', 'ours', 'theirs'], {cwd: bench.dir, encoding: 'utf8'})).toMatchObject({status: 0, stdout: ''});
	});

	test('one tree twice, by both, gives the same layers with SOURCE_DATE_EPOCH', async () => {
		ignore('**/*.md');
		const env = {SOURCE_DATE_EPOCH: '1700000000'};
		const dockerfile = 'FROM scratch\nCOPY a /one\nCOPY . /two/\nENV X=1\nCOPY docs/ /three/\n';
		writeFileSync(file, dockerfile);
		const output = (to: string): readonly string[] => ['--no-cache', '-f', file, '--output', `type=oci,dest=${to},rewrite-timestamp=true`, bench.context];
		const {exitCode, stderr} = await bench.gantry(['build', ...output('ours.oci')], {env});
		expect([exitCode, stderr]).toEqual([0, expect.any(String)]);
		await bench.gantry(['builder', 'prune', '--all', '--force']);
		await bench.buildx(['build', '--provenance=false', ...output('theirs.oci')], {env});
		expect(layerDigests(join(bench.dir, 'ours.oci'))).toHaveLength(3);
		expect(layerDigests(join(bench.dir, 'ours.oci'))).toEqual(layerDigests(join(bench.dir, 'theirs.oci')));
		expect(readFileSync(join(bench.dir, 'ours.oci')).length).toBeGreaterThan(0);
	});
});

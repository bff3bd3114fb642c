import {spawn, spawnSync} from 'node:child_process';
import {once} from 'node:events';
import {chmodSync, copyFileSync, existsSync, mkdirSync, readdirSync, rmSync, symlinkSync, truncateSync, writeFileSync} from 'node:fs';
import {type AddressInfo, createServer, type Server} from 'node:net';
import {dirname, join} from 'node:path';
import {afterAll, beforeAll, describe, expect, test, vi} from 'vitest';
import {whyNoBuilds, startDockerd} from '../../scripts/lab/dockerd.ts';
import {titled} from '../../scripts/lab/possible.ts';
import {sentence} from '../../source/errors.ts';
import {type BuildsBench, type Ended, openBuildsBench, program} from './builds/bench.ts';
import {leftovers, nothing} from './images/bench.ts';

const why = whyNoBuilds() ?? (existsSync(program) ? undefined : 'dist/gantry is not built');

vi.setConfig({testTimeout: 60_000});

const shell = 'FROM scratch\nCOPY busybox /bin/sh\nCOPY busybox /bin/busybox\n';

describe.skipIf(why !== undefined)(titled('builds that come to nothing', why), () => {
	let bench: BuildsBench;
	/** A registry that takes every connection and says nothing. */
	let silent: Server;

	beforeAll(async () => {
		bench = await openBuildsBench();
		copyFileSync('/bin/busybox', join(bench.context, 'busybox'));
		silent = createServer().listen(0, '127.0.0.1');
		await once(silent, 'listening');
	});

	afterAll(async () => {
		silent?.close();
		await bench?.stop();
	});

	const outputs = (): readonly string[] => readdirSync(bench.dir).filter(name => name.includes('out'));
	const temporary = (): readonly string[] => readdirSync(join(bench.dir, 'temporary'));
	const images = async (namespace: string): Promise<readonly string[]> => (await bench.containerd.images.list(namespace)).map(({name}) => name);

	const build = async (input: string, ...args: readonly string[]): Promise<Ended> => bench.gantry(['build', '--network', 'none', '-f', '-', ...args, 'context'], {input});

	const fail = async (input: string, ...args: readonly string[]): Promise<string> => {
		const {exitCode, stdout, stderr} = await build(input, '-t', 'never:1', '--iidfile', 'out-iid', ...args);
		expect([exitCode, stdout, outputs(), temporary()]).toEqual([1, '', [], []]);
		expect(await images('default')).not.toContain('docker.io/library/never:1');
		return stderr;
	};

	test('a mistake in the Dockerfile is shown at its line', async () => {
		const stderr = await fail('FROM scratch\n\nCOPPY a b\nENV x=1\n');
		expect(stderr).toContain('Dockerfile:3\n');
		expect(stderr).toMatch(/^ {3}3 \| >>> COPPY a b$/m);
		expect(stderr).toMatch(/unknown instruction: COPPY.*$/);
	});

	test('a mistake in a Dockerfile that is longer than what an answer can carry', async () => {
		const stderr = await fail(`FROM scratch\n${'# a line that is there to be long, and says nothing at all\n'.repeat(3000)}COPPY a b\n`);
		expect(stderr).toContain('Dockerfile:3002\n');
		expect(stderr).toMatch(/unknown instruction: COPPY.*$/);
	});

	test('a step that fails: its last lines, its line, its exit code', async () => {
		const stderr = await fail(`${shell}RUN for i in 1 2 3 4 5 6 7 8 9 10 11 12; do echo line $i; done; echo the end; exit 7\n`);
		expect(stderr).toContain('------\nline 4\n');
		expect(stderr).toContain('line 12\nthe end\n------\nDockerfile:4\n');
		expect(stderr.split('\n').at(-1)).toMatch(/did not complete successfully: exit code: 7$/);
	});

	test('a file that is not there', async () => {
		const stderr = await fail('FROM scratch\nCOPY nowhere /\n');
		expect(stderr).toContain('   2 | >>> COPY nowhere /');
		expect(stderr).toMatch(/"\/nowhere": not found$/);
	});

	test('a secret that nobody gave', async () => {
		expect(await fail(`${shell}RUN --mount=type=secret,id=key,required true\n`)).toMatch(/secret key: not found$/);
	});

	test('a stage, a base image and a context that are not there', async () => {
		expect(await fail('FROM scratch\n', '--target', 'none')).toMatch(/target stage "none" could not be found$/);
		expect(await fail('FROM 127.0.0.1:1/none:1\n')).toMatch(/127\.0\.0\.1:1\/none:1: .*connection refused$/);
		symlinkSync('itself', join(bench.dir, 'itself'));
		const {exitCode, stderr} = await bench.gantry(['build', '-t', 'never:1', 'itself']);
		expect([exitCode, stderr]).toEqual([1, expect.stringContaining('too many symbolic links')]);
	});

	// In this process, because the built program may be where nobody but root gets to.
	test.skipIf(process.seteuid === undefined)('a file that we may not read is named, and how to go on', async () => {
		const folder = join(bench.dir, 'closed');
		mkdirSync(folder);
		writeFileSync(join(folder, 'open'), 'x');
		writeFileSync(join(folder, 'shut'), 'x', {mode: 0o600});
		const socket = bench.builder.address.replace('docker://', '');
		for (const path of [bench.dir, bench.lab.dir, dirname(socket)]) chmodSync(path, 0o755);
		chmodSync(socket, 0o666);
		const attempt = async (dockerfile: string): Promise<string> => bench.builds.build(bench.request(dockerfile, {context: folder})).then(() => 'built', sentence);
		process.seteuid!(65_534);
		try {
			expect(await attempt('FROM scratch\nCOPY open /\n')).toBe('built');
			expect(await attempt('FROM scratch\nCOPY . /\n')).toBe(`Could not read ${folder}/shut: permission denied — make it readable, or name it in .dockerignore`);
		} finally {
			process.seteuid!(0);
		}
	});

	describe('on a disk that is full', () => {
		const small = (): string => join(bench.dir, 'small');
		const mounted = async (run: () => Promise<void>): Promise<void> => {
			mkdirSync(small(), {recursive: true});
			expect(spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=48m', 'tmpfs', small()]).status).toBe(0);
			try {
				await run();
			} finally {
				spawnSync('umount', ['--lazy', small()]);
			}
		};

		beforeAll(() => {
			writeFileSync(join(bench.context, 'big'), '');
			truncateSync(join(bench.context, 'big'), 120_000_000);
		});

		afterAll(() => rmSync(join(bench.context, 'big')));

		test('here: the archive is not left half', async () =>
			mounted(async () => {
				const {exitCode, stderr} = await build('FROM scratch\nCOPY big /\n', '-o', 'type=tar,dest=small/out.tar');
				expect([exitCode, stderr.split('\n').at(-1)]).toEqual([1, expect.stringMatching(/Could not write \S+\/small\/out\.tar: .*no space left/)]);
				expect(readdirSync(small())).toEqual([]);
			}));

		test('there: the context does not fit', async () =>
			mounted(async () => {
				const other = await openBuildsBench({place: join(small(), 'lab')});
				try {
					copyFileSync(join(bench.context, 'big'), join(other.context, 'big'));
					const {exitCode, stderr} = await other.gantry(['build', '-f', '-', '-t', 'never:1', 'context'], {input: 'FROM scratch\nCOPY big /\n'});
					expect([exitCode, stderr.split('\n').at(-1)]).toEqual([1, expect.stringContaining('no space left on device')]);
					expect(await other.containerd.images.list('default')).toEqual([]);
				} finally {
					await other.stop();
				}
			}));
	});

	describe('ctrl-c', () => {
		type Interrupted = {readonly code: number | null; readonly signal: NodeJS.Signals | null; readonly afterMs: number};

		/** Built into a namespace of its own, to be loaded, unless more is said; interrupted as soon as the daemon says `when`. */
		const interrupt = async (namespace: string, input: string, when: RegExp, ...args: readonly string[]): Promise<Interrupted> => {
			const globals = ['--address', bench.lab.address, '--data-root', bench.lab.dataRoot, '--namespace', namespace];
			const child = spawn(program, [...globals, 'build', '--progress', 'json', '--network', 'none', '-f', '-', ...args, 'context'], {
				cwd: bench.dir,
				env: {PATH: process.env['PATH'] ?? '', HOME: join(bench.dir, 'home'), TMPDIR: join(bench.dir, 'temporary'), BUILDKIT_HOST: bench.builder.address, GANTRY_NODE: process.execPath},
			});
			let told = '';
			let at: number | undefined;
			child.stdin.end(input);
			child.stderr.on('data', (chunk: Buffer) => {
				told += chunk.toString();
				if (at !== undefined || !when.test(told)) return;
				at = performance.now();
				child.kill('SIGINT');
			});
			const [code, signal] = (await once(child, 'exit')) as [number | null, NodeJS.Signals | null];
			if (at === undefined) throw new Error(`it ended with ${code} before: ${told.slice(-500)}`);
			return {code, signal, afterMs: performance.now() - at};
		};

		const cases: ReadonlyArray<readonly [phase: string, dockerfile: () => string, when: RegExp, args: readonly string[]]> = [
			['resolving a base image', () => `FROM 127.0.0.1:${(silent.address() as AddressInfo).port}/x:1\n`, /load metadata for 127/, []],
			['sending the context', () => 'FROM scratch\nCOPY huge /\n', /"id":"transferring context:","[^}]*"current":[1-9]\d{6}/, []],
			['running a step', () => `${shell}RUN echo started; busybox sleep 4321\n`, /"stream":"stdout","data"/, []],
			['exporting', () => 'FROM scratch\nCOPY large /\n', /"id":"exporting layers"/, []],
			['loading', () => 'FROM scratch\nCOPY large /\n', /"id":"sending tarball"/, []],
			['writing an archive', () => 'FROM scratch\nCOPY large /\n', /"id":"sending tarball"/, ['-o', 'type=docker,dest=out.tar']],
			['writing a folder', () => 'FROM scratch\nCOPY large /\n', /"name":"exporting to client directory"/, ['-o', 'type=local,dest=folder']],
		];

		beforeAll(() => {
			// Nothing of it is on the disk.
			for (const [name, bytes] of [['huge', 3e9], ['large', 1.5e8]] as const) {
				writeFileSync(join(bench.context, name), '');
				truncateSync(join(bench.context, name), bytes);
			}
		});

		test.each(cases)('while %s: it ends at once, and nothing is left', async (phase, dockerfile, when, args) => {
			const namespace = `given-up-${phase.replaceAll(' ', '-')}`;
			const {code, signal, afterMs} = await interrupt(namespace, dockerfile(), when, '-t', 'never:1', '--iidfile', 'out-iid', ...args);
			expect([code, signal]).toEqual([130, null]);
			expect(afterMs).toBeLessThan(5000);
			expect(await images(namespace)).toEqual([]);
			expect(await leftovers(bench.containerd, namespace)).toEqual(nothing);
			expect(outputs()).toEqual([]);
			expect(temporary()).toEqual([]);
			// The daemon has stopped, too.
			await expect.poll(() => spawnSync('busybox', ['ps', 'w'], {encoding: 'utf8'}).stdout.includes('sleep 4321'), {timeout: 5000}).toBe(false);
		});

		test('while exporting straight into containerd: there is no such image', async () => {
			const {code} = await interrupt('default', 'FROM scratch\nCOPY large /once\nCOPY large /twice\n', /"id":"exporting layers"/, '-t', 'never:1');
			expect(code).toBe(130);
			expect(await images('default')).not.toContain('docker.io/library/never:1');
		});
	});

	test('a daemon that is started again meanwhile: this build fails, the next one does not', async () => {
		const child = spawn(program, ['--address', bench.lab.address, '--data-root', bench.lab.dataRoot, 'build', '--network', 'none', '-f', '-', '-t', 'never:1', 'context'], {
			cwd: bench.dir,
			env: {PATH: process.env['PATH'] ?? '', HOME: join(bench.dir, 'home'), TMPDIR: join(bench.dir, 'temporary'), BUILDKIT_HOST: bench.builder.address, GANTRY_NODE: process.execPath},
		});
		let told = '';
		const started = Promise.withResolvers<void>();
		child.stderr.on('data', (chunk: Buffer) => {
			told += chunk.toString();
			if (/ has begun$/m.test(told)) started.resolve();
		});
		child.stdin.end(`${shell}RUN echo has begun; busybox sleep 4322\n`);
		const ended = once(child, 'exit');
		await Promise.race([started.promise, ended]);
		await bench.builder.kill();
		const again = await startDockerd(bench.lab);
		try {
			expect(await ended).toEqual([1, null]);
			expect(told.trim().split('\n').at(-1)).toMatch(/^The connection to BuildKit at \S+ was lost/);
			expect(await images('default')).not.toContain('docker.io/library/never:1');
			const {exitCode, stdout} = await build(`${shell}CMD echo next\n`, '-t', 'next:1');
			expect([exitCode, stdout]).toEqual([0, 'Loaded image: docker.io/library/next:1']);
		} finally {
			await again.stop();
		}
	});
});

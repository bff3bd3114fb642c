import {execFileSync, spawn, spawnSync} from 'node:child_process';
import {once} from 'node:events';
import {existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync} from 'node:fs';
import {createServer, type RequestListener, type Server} from 'node:http';
import type {AddressInfo} from 'node:net';
import {join} from 'node:path';
import {zstdCompressSync} from 'node:zlib';
import {afterAll, beforeAll, describe, expect, test, vi} from 'vitest';
import {whyNoBuilds} from '../../scripts/lab/dockerd.ts';
import {titled} from '../../scripts/lab/possible.ts';
import {type BuildsBench, openBuildsBench, program} from './builds/bench.ts';
import {succeeded} from './builds/succeeded.ts';

const why = whyNoBuilds() ?? (existsSync(program) ? undefined : 'dist/gantry is not built');
const hasGit = spawnSync('git', ['--version']).status === 0;

vi.setConfig({testTimeout: 60_000});

describe.skipIf(why !== undefined)(titled('what a build works on, when it is no folder', why), () => {
	let bench: BuildsBench;
	let tree: string;

	beforeAll(async () => {
		bench = await openBuildsBench();
		tree = join(bench.dir, 'tree');
		mkdirSync(join(tree, 'sub'), {recursive: true});
		writeFileSync(join(tree, 'Dockerfile'), 'FROM scratch\nCOPY sub /\n');
		writeFileSync(join(tree, 'Other'), 'FROM scratch\nCOPY sub/file /other\n');
		writeFileSync(join(tree, 'sub/file'), 'what is in it');
	});

	afterAll(async () => bench?.stop());

	let count = 0;

	/** What is in the result, by its path. */
	const built = async (args: readonly string[], input?: Uint8Array | string): Promise<Readonly<Record<string, string>>> => {
		count += 1;
		const folder = join(bench.dir, `result-${count}`);
		succeeded(await bench.gantry(['build', '-o', folder, ...args], input === undefined ? {} : {input}));
		return Object.fromEntries(readdirSync(folder).map(name => [name, readFileSync(join(folder, name), 'utf8')]));
	};

	const tarOf = (flag = '', folder = tree): Buffer => execFileSync('tar', [`-c${flag}`, '-C', folder, '.'], {maxBuffer: 64 * 1024 * 1024});

	const serving = async <Value>(answer: RequestListener, use: (address: string) => Promise<Value>): Promise<Value> => {
		const server: Server = createServer(answer).listen(0, '127.0.0.1');
		await once(server, 'listening');
		try {
			return await use(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
		} finally {
			server.closeAllConnections();
			server.close();
		}
	};

	test('a tar on standard input, plain and compressed, and another Dockerfile in it', async () => {
		expect(await built(['-'], tarOf())).toEqual({file: 'what is in it'});
		expect(await built(['-'], tarOf('z'))).toEqual({file: 'what is in it'});
		expect(await built(['-f', 'Other', '-'], tarOf())).toEqual({other: 'what is in it'});
	});

	test('a tar larger than what is held of it', async () => {
		const size = 24 * 1024 * 1024;
		const folder = join(bench.dir, 'large');
		mkdirSync(folder);
		writeFileSync(join(folder, 'Dockerfile'), 'FROM scratch\nCOPY large /\n');
		writeFileSync(join(folder, 'large'), Buffer.alloc(size, 'x'));
		const {large} = await built(['-'], tarOf('', folder));
		expect(large?.length).toBe(size);
	});

	test('a tar that begins with an extended header, and one in zstd', async () => {
		const extended = execFileSync('tar', ['-c', '--format=posix', '-C', tree, '.'], {maxBuffer: 64 * 1024 * 1024});
		expect(String.fromCharCode(extended[156]!)).toBe('x');
		expect(await built(['-'], extended)).toEqual({file: 'what is in it'});
		expect(await built(['-'], zstdCompressSync(tarOf()))).toEqual({file: 'what is in it'});
	});

	test('two archives at the same time, each for its own build', async () => {
		/** Asked for only when both builds have begun, so that one never stands in for the other. */
		const started = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
		const archiveOf = async function* (index: number): AsyncGenerator<Uint8Array> {
			started[index]!.resolve();
			await Promise.all(started.map(async ({promise}) => promise));
			const folder = mkdtempSync(join(bench.dir, 'archive-'));
			writeFileSync(join(folder, 'Dockerfile'), `FROM scratch\nCOPY ${index} /\n`);
			writeFileSync(join(folder, String(index)), '');
			yield tarOf('', folder);
		};

		await Promise.all([0, 1].map(async index => {
			const to = join(bench.dir, `result-of-${index}`);
			await bench.builds.build({...bench.request(''), context: '-', dockerfile: undefined, archive: archiveOf(index), output: {kind: 'folder', to, attrs: {}}});
			expect(readdirSync(to)).toEqual([String(index)]);
		}));
	});

	test('an archive that can not be read to its end: why is said', async () => {
		const broken = async function* (): AsyncGenerator<Uint8Array> {
			yield tarOf().subarray(0, 2048);
			throw new Error('the pipe broke');
		};

		await expect(bench.builds.build({...bench.request(''), context: '-', dockerfile: undefined, archive: broken()})).rejects.toThrow('the pipe broke');
	});

	test('a Dockerfile on standard input, which has no context', async () => {
		const other = ['--build-context', 'tree=tree', '-'];
		expect(await built(other, 'FROM scratch\nCOPY --from=tree Other /\n')).toEqual({Other: readFileSync(join(tree, 'Other'), 'utf8')});
		const {exitCode, stderr} = await bench.gantry(['build', '-o', 'type=cacheonly', '-'], {input: 'FROM scratch\nCOPY file /\n'});
		expect(exitCode).toBe(1);
		expect(stderr).toMatch(/"\/file": not found/);
		expect(readdirSync(join(bench.dir, 'temporary'))).toEqual([]);
	});

	test('what can not be meant is said, and nothing is waited for', async () => {
		expect((await bench.gantry(['build', '-f', '-', '-'])).stderr).toContain('can not both come from standard input');
		expect((await bench.gantry(['build', '-f', 'Other', '-'], {input: 'FROM scratch\n'})).stderr).toContain('standard input is no archive');
		const {stderr, exitCode} = await bench.gantry(['build', '-f', 'Missing', '-o', 'type=cacheonly', '-'], {input: tarOf()});
		expect(exitCode).toBe(1);
		expect(stderr).toMatch(/Missing: no such file/);
	});

	test('whoever writes the tar and does not end is not waited for when the build can not be', async () => {
		const child = spawn(program, ['build', '-o', 'type=cacheonly', '-'], {
			env: {PATH: process.env['PATH'], GANTRY_NODE: process.execPath, BUILDKIT_HOST: 'unix:///nowhere', HOME: bench.dir},
			stdio: ['pipe', 'ignore', 'pipe'],
		});
		child.stdin.on('error', () => {});
		child.stdin.write(tarOf());
		const [code] = (await once(child, 'exit')) as [number];
		expect(code).toBe(1);
	});

	test('an archive that is fetched, and a Dockerfile of ours for it', async () => {
		await serving((_, response) => response.end(tarOf('z')), async address => {
			expect(await built([`${address}/tree.tar.gz`])).toEqual({file: 'what is in it'});
			expect(await built(['-f', '-', `${address}/tree.tar.gz`], 'FROM scratch\nCOPY sub/file /mine\n')).toEqual({mine: 'what is in it'});
		});
		// As a further context it is one file, whose name depends on the version of the frontend.
		await serving((_, response) => response.end('fetched'), async address => {
			expect(Object.values(await built(['--build-context', `far=${address}/context`, '-'], 'FROM scratch\nCOPY --from=far . /\n'))).toEqual(['fetched']);
		});
	});

	test.skipIf(!hasGit)('a repository, at a branch and in a folder of it', async () => {
		const git = (...args: readonly string[]): string => execFileSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@localhost', '-c', 'init.defaultBranch=main', ...args], {cwd: tree, encoding: 'utf8'});
		git('init', '-q');
		git('add', '.');
		git('commit', '-q', '-m', 'first');
		git('checkout', '-q', '-b', 'other');
		writeFileSync(join(tree, 'sub/Dockerfile'), 'FROM scratch\nCOPY file /of-sub\n');
		git('add', '.');
		git('commit', '-q', '-m', 'second');
		git('checkout', '-q', 'main');
		const backend: RequestListener = (request, response) => {
			const {pathname, search} = new URL(request.url!, 'http://localhost');
			const child = spawn('git', ['http-backend'], {
				env: {
					...{PATH: process.env['PATH'], GIT_PROJECT_ROOT: bench.dir, GIT_HTTP_EXPORT_ALL: '1', PATH_INFO: pathname, QUERY_STRING: search.slice(1)},
					...{REQUEST_METHOD: request.method, CONTENT_TYPE: request.headers['content-type'], HTTP_CONTENT_ENCODING: request.headers['content-encoding']},
					...{GIT_PROTOCOL: request.headersDistinct['git-protocol']?.[0], GIT_CONFIG_COUNT: '1', GIT_CONFIG_KEY_0: 'safe.directory', GIT_CONFIG_VALUE_0: '*'},
				},
				stdio: ['pipe', 'pipe', 'ignore'],
			});
			request.pipe(child.stdin);
			const chunks: Buffer[] = [];
			child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
			child.once('close', () => {
				const whole = Buffer.concat(chunks);
				const end = whole.indexOf('\r\n\r\n');
				const headers = whole.subarray(0, end).toString().split('\r\n').map(line => line.split(': ') as [string, string]);
				const status = Number.parseInt(headers.find(([name]) => name === 'Status')?.[1] ?? '200', 10);
				response.writeHead(status, Object.fromEntries(headers)).end(whole.subarray(end + 4));
			});
		};

		await serving(backend, async address => {
			const repository = `${address}/tree/.git`;
			expect(await built([`${repository}#main`])).toEqual({file: 'what is in it'});
			expect(await built([`${repository}#other:sub`])).toEqual({'of-sub': 'what is in it'});
		});
	});
});

import {mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import {parse} from 'yaml';
import {composeWords} from '../../../source/commands/line/compose/flags.ts';
import {findLine} from '../../../source/commands/line/index.ts';
import {type LineBench, openLineBench} from './surroundings.ts';

let bench: LineBench;
let folder: string;
let file: string;

beforeAll(async () => {
	bench = await openLineBench();
	folder = mkdtempSync(join(tmpdir(), 'gantry-compose-line-'));
	file = join(folder, 'compose.yaml');
	writeFileSync(
		file,
		'name: shop\nservices:\n  web: {image: "web:${TAG:-1}", networks: [front]}\n  db: {build: ., volumes: ["data:/data"], profiles: [all]}\nnetworks: {front: }\nvolumes: {data: }\n',
	);
});

afterAll(async () => {
	await bench.close();
	rmSync(folder, {recursive: true, force: true});
});

const config = async (...args: readonly string[]) => bench.run(['compose', '-f', file, '--profile', 'all', 'config', ...args]);

describe("compose's own flags", () => {
	test.each([
		[['config'], [], ['config']],
		[['-f', 'a', 'config', '-q'], ['--file=a'], ['config', '-q']],
		[['-fa', '-p=b', '-p', 'c', 'up', '-d'], ['--file=a', '--project-name=b', '--project-name=c'], ['up', '-d']],
		[['--file=a', '--env-file', 'e', '--profile', 'p', '--project-directory', '/d', 'ps'], ['--file=a', '--env-file=e', '--profile=p', '--project-directory=/d'], ['ps']],
		[['-f', '-f', 'config'], ['--file=-f'], ['config']],
		[['-f'], ['--file'], []],
		[['--dry-run', '--ansi=never', '--parallel', '3', '-pa', 'up'], ['--dry-run', '--ansi=never', '--parallel=3', '--project-name=a'], ['up']],
		[['--unknown', 'config'], [], ['--unknown', 'config']],
		[['logs', '-f', 'web'], [], ['logs', '-f', 'web']],
	])('%j', (words, flags, rest) => {
		expect(composeWords(words)).toEqual({flags, rest});
	});

	test('go to the verb behind them', () => {
		expect(findLine(['-n', 'x', 'compose', '-f', 'a', '-p', 'b', 'config', '-q', 'web'])).toMatchObject({verb: 'compose config', before: ['-n', 'x'], after: ['--file=a', '--project-name=b', '-q', 'web']});
	});
});

describe('compose config', () => {
	test('prints the project as yaml and as json, to the screen or to a file', async () => {
		const {code, out, err} = await config();
		expect({code, err}).toEqual({code: 0, err: ''});
		const printed = parse(out) as {readonly name: string};
		expect(printed).toMatchObject({name: 'shop', services: {web: {image: 'web:1', networks: {front: null}}}, networks: {front: {name: 'shop_front'}}, volumes: {data: {name: 'shop_data'}}});
		expect(JSON.parse((await config('--format', 'json')).out)).toEqual(printed);
		const path = join(folder, 'out.yaml');
		expect(await config('-o', path)).toMatchObject({code: 0, out: ''});
		expect(parse(readFileSync(path, 'utf8'))).toEqual(printed);
	});

	test.each([
		[['--services'], 'db\nweb\n'],
		[['--volumes'], 'data\n'],
		[['--networks'], 'default\nfront\n'],
		[['--images'], 'shop-db\nweb:1\n'],
		[['--profiles'], 'all\n'],
		[['-q'], ''],
		[['--services', 'web'], 'web\n'],
	])('%j prints %j', async (args, out) => {
		expect(await config(...args)).toEqual({code: 0, out, err: ''});
	});

	test('hashes one or all services', async () => {
		const all = (await config('--hash', '*')).out;
		expect(all).toMatch(/^db [0-9a-f]{64}\nweb [0-9a-f]{64}\n$/);
		expect((await config('--hash', 'web')).out).toBe(all.split('\n')[1]?.concat('\n'));
	});

	test('leaves variables alone when asked', async () => {
		expect((await config('--no-interpolate')).out).toContain('image: "web:${TAG:-1}"\n');
	});

	test.each([
		[['--format', 'xml'], 'the format "xml" is not known — use yaml or json\n'],
		[['nobody'], 'the project shop has no service "nobody"\n'],
		[['wbe'], 'the project shop has no service "wbe" — did you mean web?\n'],
		[['--resolve-image-digests'], 'flag --resolve-image-digests is not supported: no registry is asked; pull the images, and see their digests with images --digests\n'],
	])('%j is refused', async (args, err) => {
		expect(await config(...args)).toEqual({code: 1, out: '', err});
	});

	test('tells of variables without a value', async () => {
		const path = join(folder, 'unset.yaml');
		writeFileSync(path, 'services: {web: {image: "web:$NOT_SET"}}\n');
		expect(await bench.run(['compose', '-f', path, 'config', '-q'])).toEqual({code: 0, out: '', err: 'warning: the variable NOT_SET is not set, and is taken as empty\n'});
	});
});

describe('compose up, down and ps', () => {
	test('up says what it would do', async () => {
		expect(await bench.run(['compose', '-f', file, 'up', '--dry-run'])).toEqual({
			code: 0,
			err: '',
			out: '#1 create network shop_front: it is not there\n#2 pull image web:1: it is not here\n#3 create container shop-web-1: it is not there (after #1 #2)\n#4 start container shop-web-1: it is new (after #3)\n',
		});
		const scaled = await bench.run(['compose', '-f', file, 'up', '--dry-run', '--scale', 'web=2', '--no-start', '--pull', 'never']);
		expect(scaled.out.split('\n').map(line => line.split(':')[0])).toEqual(['#1 create network shop_front', '#2 create container shop-web-1', '#3 create container shop-web-2', '']);
	});

	test('a flag before the verb reaches it, or is refused by name', async () => {
		const before = await bench.run(['compose', '-f', file, '--dry-run', 'up']);
		expect(before).toEqual(await bench.run(['compose', '-f', file, 'up', '--dry-run']));
		expect((await bench.run(['compose', '--ansi', 'never', '-f', file, 'up', '--dry-run'])).err).toBe('flag --ansi is not supported: colours go by the terminal and $NO_COLOR\n');
		expect((await bench.run(['compose', '--dry-run', '-f', file, 'version'])).err).toBe('unknown flag: --dry-run\n');
		expect((await bench.run(['compose', '-f', file, 'down', '--rmi', 'all', 'web'])).err).toBe('--rmi is about the whole project — leave it out, or the services\n');
	});

	test('and down that there is nothing', async () => {
		expect(await bench.run(['compose', '-f', file, 'down', '--dry-run', '-v'])).toEqual({code: 0, err: '', out: 'shop: there is nothing to do\n'});
	});

	test('ps lists nobody', async () => {
		expect((await bench.run(['compose', '-f', file, 'ps', '-a'])).out).toBe('NAME    IMAGE    COMMAND    SERVICE    STATUS    PORTS\n');
		expect(await bench.run(['compose', '-p', 'gone', 'ps', '-q'])).toEqual({code: 0, out: '', err: ''});
	});

	test.each([
		[['up', '-d', '--scale', 'web'], '--scale is "web" — write it as SERVICE=3\n'],
		[['up', '-d', '--scale', 'api=2'], '--scale names the service api, which is not among those that are brought up\n'],
		[['up', '-d', '--pull', 'sometimes'], '--pull is "sometimes" — it is always, missing or never\n'],
		[['up', '-d', '--force-recreate', '--no-recreate'], '--force-recreate and --no-recreate are mutually exclusive\n'],
		[['down', '--rmi', 'some'], '--rmi is "some" — it is all or local\n'],
	])('%j is refused', async (args, err) => {
		expect(await bench.run(['compose', '-f', file, ...args])).toEqual({code: 1, out: '', err});
	});
});

import {execa} from 'execa';
import {mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterEach, beforeEach, describe, expect, test} from 'vitest';
import {verbsEntry, verbsWrapper} from '../../scripts/build/verbs-entry.ts';

/** In the place of all verbs: two of them, and one that fails. */
const line = (answer: string): string =>
	`${verbsWrapper.banner.js}exports.hasVerb = () => true; exports.main = async argv => { console.log(${JSON.stringify(answer)} + argv.join(' ')); if (argv.includes('never')) await new Promise(() => {}); return argv.includes('fail') ? 3 : 0; };${verbsWrapper.footer.js}`;

describe('what V8 made of the verbs', () => {
	let folder: string;
	let cached: string;

	const build = async (name: string, answer = 'heard '): Promise<void> => {
		await writeFile(join(folder, 'verbs.cjs'), verbsEntry(name, '1', ['say', 'fail']));
		await writeFile(join(folder, 'line.cjs'), line(answer));
	};

	const start = async (...argv: readonly string[]) =>
		execa(process.execPath, [join(folder, 'verbs.cjs'), ...argv], {env: {XDG_CACHE_HOME: join(folder, 'cache')}, extendEnv: false, reject: false});

	const writtenAt = async (name: string): Promise<number> => (await readFile(join(cached, name))).readDoubleLE(16);

	beforeEach(async () => {
		folder = await mkdtemp(join(tmpdir(), 'gantry-verbs-'));
		cached = join(folder, 'cache/gantry/compiled/verbs');
		await build('one');
	});

	afterEach(async () => rm(folder, {recursive: true}));

	test('is kept for the verb, readable by nobody else, and used again', async () => {
		expect(await start('say', 'x')).toMatchObject({stdout: 'heard say x', exitCode: 0});
		expect(await readdir(cached)).toEqual(['say']);
		expect((await stat(join(cached, 'say'))).mode & 0o077).toBe(0);
		const first = await writtenAt('say');
		expect(await start('say', 'y')).toMatchObject({stdout: 'heard say y', exitCode: 0});
		expect(await writtenAt('say')).toBe(first);
	});

	test('is kept of a part that the verb asks for in a file of its own, and the part is one and the same', async () => {
		const wrapped = (text: string): string => `${verbsWrapper.banner.js}${text}${verbsWrapper.footer.js}`;
		await writeFile(join(folder, 'part.cjs'), wrapped('exports.answer = {};'));
		await writeFile(
			join(folder, 'line.cjs'),
			wrapped(
				`exports.hasVerb = () => true; exports.main = async argv => { if (argv[0] === 'say') console.log(require('./part.cjs').answer === require('./part.cjs').answer, require('node:path').sep); return 0; };`,
			),
		);
		expect(await start('say')).toMatchObject({stdout: 'true /', exitCode: 0});
		expect((await readdir(cached)).sort()).toEqual(['say', 'say-part']);
		const first = await writtenAt('say-part');
		expect(await start('say')).toMatchObject({stdout: 'true /', exitCode: 0});
		expect(await writtenAt('say-part')).toBe(first);
	});

	test('a verb that waits for what never comes is no success', async () => {
		const {exitCode, stderr} = await start('say', 'never');
		expect(exitCode).toBe(1);
		expect(stderr).toContain('gantry say never stopped in the middle');
	});

	test('is not kept of a run that failed or only gave help', async () => {
		expect(await start('fail')).toMatchObject({exitCode: 3});
		expect(await start('say', '--help')).toMatchObject({exitCode: 0});
		await expect(readdir(cached)).rejects.toThrow('ENOENT');
	});

	test('is never taken for that of another build, even where the length is the same', async () => {
		await start('say');
		await build('two', 'HEARD ');
		expect((await start('say')).stdout).toBe('HEARD say');
		expect((await start('say')).stdout).toBe('HEARD say');
	});

	test('is thrown away when a byte of it is not as it was written', async () => {
		await start('say');
		const path = join(cached, 'say');
		const good = await readFile(path);
		for (const at of [0, 9, 30, good.length >> 1, good.length - 1]) {
			const bad = Buffer.from(good);
			bad[at]! ^= 0x55;
			await writeFile(path, bad);
			expect(await start('say'), `byte ${at}`).toMatchObject({stdout: 'heard say', exitCode: 0});
			expect((await readFile(path)).equals(bad)).toBe(false);
		}
		await writeFile(path, good.subarray(0, 100));
		expect(await start('say')).toMatchObject({stdout: 'heard say', exitCode: 0});
		expect((await readFile(path)).length).toBeGreaterThan(1000);
	});

	test('a cache folder that can not be made is no reason not to answer', async () => {
		await mkdir(join(folder, 'cache'));
		await writeFile(join(folder, 'cache/gantry'), '');
		expect(await start('say')).toMatchObject({stdout: 'heard say', stderr: '', exitCode: 0});
	});
});

import {mkdtemp, readdir, readFile, rm, stat, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterEach, beforeEach, describe, expect, test} from 'vitest';
import {createHistory} from '../../../source/services/history/index.ts';

let folder: string;

beforeEach(async () => {
	folder = await mkdtemp(join(tmpdir(), 'gantry-history-'));
});

afterEach(async () => rm(folder, {recursive: true, force: true}));

test('newest first, each once, for its owner alone, and nothing else in the folder', async () => {
	const history = createHistory(join(folder, 'gantry'));
	expect(await history.recent('pull')).toEqual([]);
	for (const line of ['a:1', 'b:1', 'a:1']) await history.add('pull', line);
	expect(await history.recent('pull')).toEqual(['a:1', 'b:1']);
	expect(await readFile(join(folder, 'gantry', 'pull-history'), 'utf8')).toBe('b:1\na:1\n');
	expect((await stat(join(folder, 'gantry', 'pull-history'))).mode & 0o777).toBe(0o600);
	expect(await readdir(join(folder, 'gantry'))).toEqual(['pull-history']);
});

test('bounded: two hundred lines, none longer than a reference can be', async () => {
	await writeFile(join(folder, 'pull-history'), Array.from({length: 250}, (_, at) => `app:${at}\n`).join(''));
	const history = createHistory(folder);
	await history.add('pull', 'app:new');
	const kept = await history.recent('pull');
	expect(kept).toHaveLength(200);
	expect(kept.slice(0, 2)).toEqual(['app:new', 'app:249']);
	await history.add('pull', 'x'.repeat(2000));
	expect(await history.recent('pull')).toEqual(kept);
});

test('what somebody else wrote there cannot drive the terminal, and is never added', async () => {
	await writeFile(join(folder, 'pull-history'), 'app:1\u001B[31m\n\n');
	const history = createHistory(folder);
	expect(await history.recent('pull')).toEqual(['app:1']);
	await history.add('pull', 'bad\u001Bname');
	expect(await history.recent('pull')).toEqual(['app:1']);
});

test('a folder that can not be made is told, and leaves nothing', async () => {
	await writeFile(join(folder, 'file'), '');
	const history = createHistory(join(folder, 'file'));
	await expect(history.add('pull', 'app:1')).rejects.toThrow();
	expect(await history.recent('pull')).toEqual([]);
});

describe('a form', () => {
	test('is filled as it was the last time, and is for nobody else to read', async () => {
		const history = createHistory(folder);
		expect(await history.filled('run')).toEqual({});
		await history.fill('run', {image: 'app:1', env: "A='b c'"});
		expect(await createHistory(folder).filled('run')).toEqual({image: 'app:1', env: "A='b c'"});
		expect((await stat(join(folder, 'run-form.json'))).mode & 0o777).toBe(0o600);
	});

	test.each(['', '{"image":', 'null', '[1]', '{"image":7,"name":"x\\u001b[2J"}'])('a file that holds %j does no harm', async (text) => {
		await writeFile(join(folder, 'run-form.json'), text);
		const filled = await createHistory(folder).filled('run');
		expect(Object.values(filled).join('')).not.toMatch(/\p{Cc}/u);
		expect(filled['image']).toBeUndefined();
	});
});

import {spawn} from 'node:child_process';
import {existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import process from 'node:process';
import {fileURLToPath} from 'node:url';
import {afterAll, describe, expect, test} from 'vitest';
import {until} from '../../../scripts/lab/processes.ts';
import {withMounts} from '../../../source/clients/host/private-mount.ts';
import type {Mount} from '../../../source/model/snapshot.ts';

const folder = mkdtempSync(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'gantry-mounts-'));
const at = (...names: readonly string[]): string => join(folder, ...names);
for (const name of ['one', 'two', 'upper', 'work', 'volume']) mkdirSync(at(name));
writeFileSync(at('one', 'a'), 'of one');
writeFileSync(at('upper', 'b'), 'of the container');
writeFileSync(at('volume', 'c'), 'of the volume');

const overlay = (lower = `${at('one')}:${at('two')}`): readonly Mount[] => [
	{type: 'overlay', source: 'overlay', target: '', options: ['index=off', `workdir=${at('work')}`, `upperdir=${at('upper')}`, `lowerdir=${lower}`]},
];

afterAll(() => rmSync(folder, {recursive: true, force: true}));

const reason = process.geteuid?.() === 0 ? undefined : 'mounting needs root';

describe.skipIf(reason !== undefined)(`what a snapshot is, mounted for nobody else${reason === undefined ? '' : ` (skipped: ${reason})`}`, () => {
	const seen = (): boolean => readFileSync('/proc/self/mountinfo', 'utf8').includes(folder);

	test('is there while it is used, with what is bound inside', async () => {
		const names = await withMounts(
			overlay(),
			async root => {
				expect(seen()).toBe(false);
				writeFileSync(join(root, 'written'), 'x');
				return [readdirSync(root).sort(), readdirSync(join(root, 'deep/volume'))];
			},
			{binds: [{source: at('volume'), destination: '/deep/volume', readOnly: false}]},
		);
		expect(names).toEqual([['a', 'b', 'deep', 'written'], ['c']]);
		expect(existsSync(at('upper', 'written'))).toBe(true);
		rmSync(at('upper', 'written'));
	});

	test('can not be written to by who only reads, nor through a bind that says so', async () => {
		const write = (path: string): string => {
			try {
				writeFileSync(path, 'x');
			} catch (error) {
				return (error as NodeJS.ErrnoException).code ?? '';
			}
			return 'written';
		};
		expect(await withMounts(overlay(), async root => write(join(root, 'x')), {readOnly: true})).toBe('EROFS');
		expect(await withMounts(overlay(), async root => write(join(root, 'v/x')), {binds: [{source: at('volume'), destination: '/v', readOnly: true}]})).toBe('EROFS');
	});

	test('of more layers than a page has room for', async () => {
		// As a snapshotter has them: long is what they have in common.
		const layers = Array.from({length: 120}, (_, index) => at('layers', String(index), 'fs'));
		for (const layer of layers) mkdirSync(layer, {recursive: true});
		writeFileSync(join(layers[119] ?? '', 'lowest'), 'here');
		const lower = layers.join(':');
		expect(lower.length).toBeGreaterThan(4096);
		expect(await withMounts(overlay(lower), async root => readFileSync(join(root, 'lowest'), 'utf8'))).toBe('here');
	});

	test('what can not be mounted is told, and a failure inside comes out', async () => {
		await expect(withMounts([{type: 'overlay', source: 'overlay', target: '', options: ['lowerdir=/none/such']}], async () => 1)).rejects.toThrow(/could not be mounted/);
		await expect(withMounts([], async () => 1)).rejects.toThrow(/nothing that could be mounted/);
		await expect(withMounts(overlay(), async () => Promise.reject(new Error('inside')))).rejects.toThrow('inside');
	});

	test('goes with us, killed or not', async () => {
		const module = fileURLToPath(new URL('../../../source/clients/host/private-mount.ts', import.meta.url));
		const code = `import {withMounts} from ${JSON.stringify(module)}; setInterval(() => 0, 1000);
			await withMounts(${JSON.stringify(overlay())}, async root => { console.log(root); await new Promise(() => undefined); });`;
		const child = spawn(process.execPath, ['--input-type=module', '-e', code], {stdio: ['ignore', 'pipe', 'inherit']});
		const [line] = (await new Promise<Buffer>(resolve => child.stdout.once('data', resolve))).toString().split('\n');
		const holder = /^\/proc\/(\d+)\//.exec(line ?? '')?.[1] ?? '';
		expect(readFileSync(`/proc/${holder}/mountinfo`, 'utf8')).toContain(at('upper'));
		child.kill('SIGKILL');
		expect(await until(async () => !existsSync(`/proc/${holder}`), 10_000)).toBe(true);
	});
});

import {spawn, spawnSync} from 'node:child_process';
import {existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {fileURLToPath} from 'node:url';
import {afterEach, beforeEach, describe, expect, test} from 'vitest';
import {hookLauncher} from '../../../source/clients/host/hook-launcher.ts';
import {type Answer, openOffer} from '../../../source/shim/hook/offer.ts';

const isThere = (command: string): boolean => spawnSync('sh', ['-c', `command -v ${command}`]).status === 0;
const shells = [['dash'], ['bash'], ['bash', '--posix'], ['busybox', 'sh']].filter(([command]) => isThere(command!));
const isRoot = process.geteuid?.() === 0;

/** As runc writes it, without a line feed, and longer than a page. */
const state = JSON.stringify({id: 'c1', annotations: {quotes: `'"\\n$(id) \`id\` é`, long: 'x'.repeat(6000)}});

let folder: string;
let stateDir: string;

beforeEach(() => {
	folder = mkdtempSync(join(tmpdir(), "gantry hook's "));
	stateDir = join(folder, 'state');
	mkdirSync(stateDir);
	// In the place of Node: it says what it was asked for and given.
	writeFileSync(join(folder, 'node'), '#!/bin/sh\necho "${1##*/}|$2|$3"\ncat\nexit 7\n', {mode: 0o755});
	writeFileSync(join(folder, 'gantry-hook'), hookLauncher(join(folder, 'node')), {mode: 0o755});
});
afterEach(() => rmSync(folder, {recursive: true, force: true}));

type Ran = {readonly code: number | null; readonly out: string; readonly err: string};

const hook = (shell: readonly string[], {through = [], given = state}: {readonly through?: readonly string[]; readonly given?: string} = {}): Promise<Ran> =>
	new Promise(resolve => {
		const [command, ...args] = [...through, ...shell, join(folder, 'gantry-hook'), 'hook', 'createRuntime', '/data', '/cni', '/net', stateDir];
		const child = spawn(command!, args, {stdio: 'pipe', env: {PATH: '/usr/sbin:/usr/bin:/sbin:/bin'}});
		let [out, err] = ['', ''];
		child.stdout.on('data', text => (out += text));
		child.stderr.on('data', text => (err += text));
		child.stdin.on('error', () => undefined);
		child.once('close', code => resolve({code, out, err}));
		child.stdin.end(given);
	});

const byNode: Ran = {code: 7, out: `gantry-shim-hook|hook|createRuntime\n${state}\n`, err: ''};
const byNodeUntouched: Ran = {...byNode, out: byNode.out.slice(0, -1)};

const answering = (answer: Answer) => {
	const asked: string[][] = [];
	return {
		asked,
		serve: async (...words: readonly [string, string]) => {
			asked.push([...words].map(word => word.trim()));
			return answer;
		},
	};
};

/** Another process that offers and does as it is told when it is asked. */
const offering = async (serve: string): Promise<{readonly ended: Promise<void>; kill(): Promise<void>}> => {
	const source = fileURLToPath(new URL('../../../source/shim/hook/offer.ts', import.meta.url));
	const program = `const {openOffer} = await import(${JSON.stringify(source)}); await openOffer(${JSON.stringify(stateDir)}, async () => {${serve}}); console.log('offered'); setInterval(() => {}, 1000);`;
	const child = spawn(process.execPath, ['--input-type=module', '-e', program], {stdio: ['ignore', 'pipe', 'inherit']});
	const ended = new Promise<void>(resolve => child.once('exit', () => resolve()));
	await new Promise(resolve => child.stdout.once('data', resolve));
	return {
		ended,
		async kill() {
			child.kill('SIGKILL');
			await ended;
		},
	};
};

describe.each(shells.map(shell => [shell.join(' '), shell] as const))('the hook, run by %s', (_, shell) => {
	test('without an offer Node does the work, with what is on stdin', async () => {
		expect(await hook(shell)).toEqual(byNodeUntouched);
	});

	test('with an offer the work is done there, once, and nothing stays', async () => {
		const {asked, serve} = answering({status: 0, words: ''});
		const offer = await openOffer(stateDir, serve);
		expect(await hook(shell)).toEqual({code: 0, out: '', err: ''});
		expect(asked).toEqual([['createRuntime', state]]);
		expect(await hook(shell)).toEqual(byNodeUntouched);
		offer.withdraw();
		expect(readdirSync(stateDir)).toEqual([]);
	});

	test('a state of several lines is one to who serves', async () => {
		const {asked, serve} = answering({status: 0, words: ''});
		const offer = await openOffer(stateDir, serve);
		expect(await hook(shell, {given: '{\n  "id": "c1"\n}\n'})).toMatchObject({code: 0});
		expect(asked).toEqual([['createRuntime', '{  "id": "c1"}']]);
		offer.withdraw();
	});

	test('what failed is told on stderr, as it is', async () => {
		const words = 'Could not attach: "x" \\n 100%s\n  at a second line';
		const offer = await openOffer(stateDir, answering({status: 1, words}).serve);
		expect(await hook(shell)).toEqual({code: 1, out: '', err: `${words}\n`});
		offer.withdraw();
	});

	test('of two offers one is taken; who withdraws takes nothing of the other', async () => {
		const [first, second] = [answering({status: 0, words: ''}), answering({status: 0, words: ''})];
		const offers = [await openOffer(stateDir, first.serve), await openOffer(stateDir, second.serve)];
		const ran = await Promise.all([hook(shell), hook(shell), hook(shell)]);
		expect(ran.map(({code}) => code).toSorted()).toEqual([0, 0, 7]);
		expect([first.asked.length, second.asked.length]).toEqual([1, 1]);
		offers[0]!.withdraw();
		expect(readdirSync(stateDir).length).toBe(1);
		offers[1]!.withdraw();
		expect(readdirSync(stateDir)).toEqual([]);
	});

	test('who is killed before or while it serves is stood in for by Node, with the same state', async () => {
		const before = await offering('');
		await before.kill();
		expect(await hook(shell)).toEqual(byNodeUntouched);
		const serving = await offering(`process.kill(process.pid, 'SIGKILL')`);
		expect(await hook(shell)).toEqual(byNode);
		// The shell hears of its death by the pipes, a moment before its number is free.
		await serving.ended;
		// The next offer takes away what those have left.
		const offer = await openOffer(stateDir, answering({status: 0, words: ''}).serve);
		expect(readdirSync(stateDir).length).toBe(1);
		expect(await hook(shell)).toMatchObject({code: 0});
		offer.withdraw();
	});

	test('who withdraws while it is asked leaves it to Node', async () => {
		const offer = await openOffer(stateDir, answering({status: 0, words: ''}).serve);
		// Stopped, it can't answer; the pipes are open all the same.
		const child = hook(shell, {given: state});
		offer.withdraw();
		expect([byNode, byNodeUntouched]).toContainEqual(await child);
		expect(readdirSync(stateDir)).toEqual([]);
	});

	test('one whose number another process has by now is none', async () => {
		const offer = await openOffer(stateDir, answering({status: 0, words: ''}).serve);
		const [name = ''] = readdirSync(stateDir);
		const stale = name.replace(/^(hook\.\d+)\.\d+\.\d+$/, '$1.12345.0');
		offer.withdraw();
		mkdirSync(join(stateDir, stale));
		expect(spawnSync('mkfifo', [join(stateDir, stale, 'request'), join(stateDir, stale, 'reply')]).status).toBe(0);
		expect(await hook(shell)).toEqual(byNodeUntouched);
		expect(existsSync(join(stateDir, stale, 'taken'))).toBe(false);
	});

	test.skipIf(!isRoot).each([['--net'], ['--mount']])('who is in another namespace (%s) is not asked', async flag => {
		const {asked, serve} = answering({status: 0, words: ''});
		const offer = await openOffer(stateDir, serve);
		expect(await hook(shell, {through: ['unshare', flag]})).toEqual(byNodeUntouched);
		expect(asked).toEqual([]);
		offer.withdraw();
	});
});

test('an offer that can not be made leaves nothing', async () => {
	await expect(openOffer(join(folder, 'nowhere'), answering({status: 0, words: ''}).serve)).rejects.toThrow(/ENOENT/);
	expect(readFileSync(join(folder, 'gantry-hook'), 'utf8')).not.toContain('undefined');
});

import {beforeAll, describe, expect, test} from 'vitest';
import {titled, whyNoContainers} from '../../scripts/lab/possible.ts';
import {idle, useBench} from './bench.ts';
import type {Pty} from './pty.ts';

const reason = whyNoContainers('1.6');

/** As a shell reports it: 128 and the signal for a program that died of one. */
const codeOf = async (screen: Pty): Promise<number> => {
	const {exitCode, signal = 0} = await screen.exited;
	return signal > 0 ? 128 + signal : exitCode;
};

/** A shell prompt could be typed at again. */
const expectRestored = (screen: Pty): void => {
	expect(screen.modes()).toEqual({isAlternate: false, mouse: 'none', paste: false});
	expect(screen.isCursorShown()).toBe(true);
};

describe.skipIf(reason !== undefined)(titled('every way out gives the terminal back', reason), () => {
	const bench = useBench();

	beforeAll(async () => {
		await bench.run('sleeper', idle);
	});

	const opened = async (): Promise<Pty> => {
		const screen = bench.open();
		await screen.until((text) => text.includes('● sleeper') && text.includes('containerd 1.6'));
		expect(screen.modes()).toEqual({isAlternate: true, mouse: 'vt200', paste: true});
		expect(screen.isCursorShown()).toBe(false);
		return screen;
	};

	test.each([
		['q', 'q', 0],
		['ctrl-c', '\u0003', 0],
	])('%s', async (_name, key, code) => {
		const screen = await opened();
		screen.type(key);
		expect(await codeOf(screen)).toBe(code);
		expectRestored(screen);
	});

	test.each([
		['SIGTERM', 143],
		['SIGHUP', 129],
		['SIGINT', 130],
	] as const)('%s', async (signal, code) => {
		const screen = await opened();
		screen.kill(signal);
		expect(await codeOf(screen)).toBe(code);
		expectRestored(screen);
	});

	test('a crash: the terminal is given back first, so that its reason can be read', async () => {
		const crash = `data:text/javascript,${encodeURIComponent("process.on('SIGUSR2', () => { throw new Error('something broke'); })").replaceAll("'", '%27')}`;
		const screen = bench.open({environment: {NODE_OPTIONS: `--import=${crash}`}});
		await screen.until((text) => text.includes('● sleeper') && text.includes('containerd 1.6'));
		screen.kill('SIGUSR2');
		expect(await codeOf(screen)).not.toBe(0);
		expectRestored(screen);
		expect(screen.text()).toContain('something broke');
	});

	test('a dialog that is open is no obstacle', async () => {
		const screen = await opened();
		screen.type('d');
		await screen.until('Remove sleeper?');
		screen.kill('SIGTERM');
		expect(await codeOf(screen)).toBe(143);
		expectRestored(screen);
	});

	test('without a daemon it stands, says why, and q ends it', async () => {
		const screen = bench.open({}, ['--address', `${bench.lab.dir}/nobody.sock`]);
		await screen.until('No connection');
		screen.type('q');
		expect(await codeOf(screen)).toBe(0);
		expectRestored(screen);
	});
});

describe.skipIf(reason !== undefined)(titled('any terminal', reason), () => {
	const bench = useBench();

	beforeAll(async () => {
		await bench.run('sleeper', idle);
	});

	test.each(['xterm-256color', 'screen', 'tmux-256color'])('%s has borders and colours', async (term) => {
		const screen = bench.open({term});
		await screen.until((text) => text.includes('● sleeper') && text.includes('╭'));
		expect(screen.raw()).toMatch(/\u001B\[3[0-7]m/);
	});

	test('the linux console gets ASCII', async () => {
		const screen = bench.open({term: 'linux'});
		await screen.until((text) => text.includes('* sleeper') && text.includes('+-'));
		await screen.until('containerd 1.6');
		expect(screen.text().match(/[^\n -~]/gu) ?? []).toEqual([]);
	});

	test('a locale without UTF-8 gets ASCII', async () => {
		const screen = bench.open({environment: {LANG: 'C', LC_ALL: 'C'}});
		await screen.until('* sleeper');
		expect(screen.text()).not.toContain('╭');
	});

	test('NO_COLOR has no hue', async () => {
		const screen = bench.open({environment: {NO_COLOR: '1'}});
		await screen.until('containerd 1.6');
		expect(screen.text()).toContain('● sleeper');
		expect(screen.raw()).not.toMatch(/\u001B\[(?:\d+;)*(?:3[0-7]|4[0-7]|9[0-7]|38|48)(?:;\d+)*m/);
	});

	test('TERM=dumb prints text and ends', async () => {
		const screen = bench.open({term: 'dumb'});
		expect(await codeOf(screen)).toBe(0);
		expect(screen.raw()).toContain('sleeper');
		expect(screen.raw()).not.toContain('\u001B[?1049h');
	});

	test('80×24 is painted once: one header, no line beside its place', async () => {
		const screen = bench.open({columns: 80, rows: 24});
		await screen.until('containerd 1.6');
		expect(screen.lines()).toHaveLength(24);
		expect(screen.lines().filter((line) => line.includes('gantry'))).toHaveLength(1);
	});
});

import {readFileSync} from 'node:fs';
import {beforeAll, describe, expect, test} from 'vitest';
import {titled, whyNoContainers} from '../../scripts/lab/possible.ts';
import type {LabContainer} from '../../scripts/lab/container.ts';
import {idle, useBench} from './bench.ts';

const reason = whyNoContainers('1.6');

describe.skipIf(reason !== undefined)(titled('the dashboard on a real containerd in a real terminal', reason), () => {
	const bench = useBench();
	let sleeper: LabContainer;

	beforeAll(async () => {
		sleeper = await bench.run('sleeper', idle);
		await bench.run('talker', "trap 'exit 0' TERM; n=0; while :; do n=$((n+1)); echo \"order $n placed\"; [ $n -eq 5 ] && echo 'needle in the haystack'; sleep 0.2; done");
	});

	const statusOf = async (container: LabContainer) => (await bench.containerd.tasks.find(container))?.status;

	test('stop and start: the row follows the daemon', async () => {
		const screen = bench.open();
		await screen.until('● sleeper');
		screen.type('s');
		await screen.until(/○ sleeper +exited \(0\)/);
		expect(await statusOf(sleeper)).toBe('stopped');
		screen.type('s');
		await screen.until('● sleeper');
		await screen.until('Started sleeper');
		expect(await statusOf(sleeper)).toBe('running');
	});

	test('e goes into a shell, exit comes back to the same row with the screen as it was', async () => {
		const screen = bench.open();
		await screen.until((text) => text.includes('● talker') && text.includes('containerd 1.6'));
		screen.type('j');
		await screen.until(/talker ── /);
		screen.type('e');
		await screen.until('exit to return');
		expect(screen.modes()).toMatchObject({isAlternate: false, mouse: 'none'});
		screen.type('echo $((6*7)) in $(hostname); stty size\r');
		await screen.until(/42 in [0-9a-f]{12}/);
		await screen.until('40 120');
		screen.resize(100, 30);
		// The new size travels to the container by a call of its own: the shell waits for it.
		screen.type('clear; until [ "$(stty size)" = "30 100" ]; do usleep 20000; done; echo now $(stty size)\r');
		await screen.until('now 30 100');
		screen.type('exit\r');
		await screen.until((text) => /talker ── /.test(text) && text.includes('● sleeper') && screen.modes().isAlternate && screen.modes().mouse === 'vt200');
		screen.type('k');
		await screen.until(/sleeper ── /);
	});

	test('filter the list, search in the log', async () => {
		const screen = bench.open();
		await screen.until((text) => text.includes('● talker') && text.includes('● sleeper'));
		screen.type('/talk');
		await screen.until((text) => text.includes('● talker') && !text.includes('● sleeper'));
		screen.type('\r');
		await screen.until(/order \d+ placed/);
		screen.type('l/needle\r');
		await screen.until('1 match');
		screen.type('n');
		await screen.until('needle in the haystack');
		screen.type('\u001B');
		await screen.until((text) => !text.includes('text or /regex/'));
	});

	test('resized while it runs, also to 20×5 and back', async () => {
		const screen = bench.open();
		await screen.until('● sleeper');
		screen.resize(80, 24);
		await screen.until((text) => text.includes('[1 Containers') && text.includes('● sleeper'));
		screen.resize(20, 5);
		await screen.until((text) => text.split('\n').length === 5 && text.includes('● sleeper') && text.includes('╯'));
		screen.type('j');
		await screen.until('● talker');
		screen.resize(120, 40);
		await screen.until((text) => text.includes('4 Snapshotters') && text.includes('● sleeper') && /talker ── /.test(text));
	});

	test('the daemon is killed and comes back: rows stay, say that they are stale, and heal', async () => {
		const screen = bench.open();
		await screen.until((text) => text.includes('● sleeper') && text.includes('containerd 1.6'));
		await bench.lab.kill();
		await screen.until((text) => text.includes('Connection lost') && text.includes('stale'));
		expect(screen.text()).toContain('● sleeper');
		await bench.lab.restart();
		await screen.until((text) => text.includes('containerd 1.6') && !text.includes('stale') && text.includes('● sleeper'));
		screen.type('r');
		await screen.until('Restarted sleeper');
	});

	test('ctrl-z stops it like any job, and it comes back where it was', async () => {
		const screen = bench.open();
		await screen.until((text) => text.includes('● sleeper') && text.includes('containerd 1.6'));
		screen.type('\u001A');
		await screen.until(() => !screen.modes().isAlternate && screen.isCursorShown());
		await expect.poll(() => readFileSync(`/proc/${screen.pid}/stat`, 'utf8')).toMatch(/\) T /);
		screen.kill('SIGCONT');
		await screen.until((text) => screen.modes().isAlternate && text.includes('● sleeper') && screen.modes().mouse === 'vt200');
	});
});

import {describe, expect, test} from 'vitest';
import {stack} from '../../source/commands/index.ts';
import {cursorLine, fakeDaemon, openScreen} from './harness.tsx';
import {addApp, callsOf} from './world.ts';

const oneApp = async () => {
	const daemon = await fakeDaemon();
	addApp(daemon, 'web');
	return daemon;
};

describe('--readonly', () => {
	test.each([
		['s', 'Start or stop is refused'],
		['r', 'Restart is refused'],
		['p', 'Pause or unpause is refused'],
		['ctrl-k', 'Kill with a signal is refused'],
		['d', 'Remove is refused'],
		['e', 'Enter: a shell inside is refused'],
	])('%s: %s', async (key, refusal) => {
		const daemon = await oneApp();
		const screen = await openScreen(daemon, {readonly: true});
		await screen.until('● web');
		expect(screen.lines()[0]).toContain('read-only');
		screen.press(key);
		await screen.until(`${refusal}: gantry runs with --readonly`);
		for (const method of ['Kill', 'Create', 'Pause', 'Exec']) expect(callsOf(daemon, `Tasks.${method}`)).toBe(0);
		expect(callsOf(daemon, 'Containers.Delete')).toBe(0);
	});

	test('looking is not refused', async () => {
		const screen = await openScreen(await oneApp(), {readonly: true});
		await screen.until('● web');
		screen.press('i');
		await screen.until('[Inspect]');
	});

	test('the action menu says beforehand what is refused', async () => {
		const screen = await openScreen(await oneApp(), {readonly: true, columns: 160});
		await screen.until('● web');
		screen.press('x');
		await screen.until(/Remove .*--readonly/);
		screen.press('enter');
		expect(screen.frame()).toContain('Actions');
	});
});

describe('palette, menu and help', () => {
	test('the palette completes: the best match is first, Enter runs it', async () => {
		const screen = await openScreen(await oneApp());
		await screen.until('● web');
		screen.press(':');
		await screen.until('› ');
		screen.type('namesp');
		await screen.until(/› namesp[^\n]*\n[^\n]*Switch namespace/);
		screen.press('enter');
		await screen.until('all namespaces');
	});

	test('what matches nothing runs nothing', async () => {
		const screen = await openScreen(await oneApp());
		await screen.until('● web');
		screen.press(':');
		screen.type('qqqq');
		await screen.until('nothing matches');
		screen.press('enter', 'esc');
		await screen.until((frame) => !frame.includes('nothing matches'));
		expect(screen.frame()).toContain('● web');
	});

	test('x offers the actions of the row with the nerdctl line of each', async () => {
		const screen = await openScreen(await oneApp(), {columns: 160});
		await screen.until('● web');
		screen.press('x');
		await screen.until(/Restart +nerdctl restart web/);
		expect(screen.frame()).toMatch(/Remove +nerdctl rm -f web/);
		expect(screen.frame()).toMatch(/Stop +nerdctl stop web/);
		expect(screen.frame()).toMatch(/Start +.*runs already/);
	});

	test('? lists the keys that work here, Escape closes', async () => {
		const screen = await openScreen(await oneApp());
		await screen.until('● web');
		screen.press('?');
		await screen.until(/s +Start or stop/);
		expect(screen.frame()).toMatch(/d delete +Remove/);
		screen.press('G');
		await screen.until(/ctrl-c +Quit/);
		screen.press('esc');
		await screen.until((frame) => !frame.includes('Start or stop'));
	});

	test('keys are remapped by config.yaml, and help says the new ones', async () => {
		const screen = await openScreen(await oneApp(), {preferences: {keys: {preset: 'lazy', bindings: {'containers.toggle': ['ctrl-g']}}}});
		await screen.until((frame) => frame.includes('ctrl-g start/stop') && frame.includes('● web'));
		screen.press('s');
		expect(screen.store.get().pending.size).toBe(0);
		screen.press('ctrl-g');
		await screen.until('exited (143)');
	});

	test('a clash is said with both names', async () => {
		const screen = await openScreen(await oneApp(), {preferences: {keys: {preset: 'lazy', bindings: {'containers.toggle': ['r'], 'containers.restart': ['r']}}}, columns: 160});
		await screen.until(/r is wanted by containers\.toggle \(Start or stop\) and by containers\.restart \(Restart\)/);
	});
});

describe('copy', () => {
	test('y offers what the row has; the digit sends it to the terminal as OSC 52', async () => {
		const screen = await openScreen(await oneApp());
		await screen.until('● web');
		screen.press('y');
		await screen.until('Copy');
		screen.press('3');
		await screen.until('Copied registry.test/library/app:1');
		expect(screen.written.join('')).toContain(`\u001B]52;c;${Buffer.from('registry.test/library/app:1').toString('base64')}\u0007`);
	});

	test('through tmux it is wrapped', async () => {
		const screen = await openScreen(await oneApp(), {environment: {TMUX: '/tmp/tmux,1,0', TERM: 'screen'}});
		await screen.until('● web');
		screen.press('y', '1');
		await screen.until('Copied web');
		expect(screen.written.join('')).toContain(`\u001BPtmux;\u001B\u001B]52;c;${Buffer.from('web').toString('base64')}`);
	});
});

describe('mouse', () => {
	test('a click selects, the second opens, the wheel moves', async () => {
		const daemon = await fakeDaemon();
		for (const name of ['a', 'b', 'c']) addApp(daemon, name);
		const screen = await openScreen(daemon);
		await screen.until('● c');
		const y = screen.lines().findIndex((line) => line.includes('● b'));
		screen.click(5, y);
		await screen.untilTrue('b under the cursor', () => cursorLine(screen.painted()).includes('● b'));
		screen.wheel(5, y, 'wheel-down');
		await screen.untilTrue('c under the cursor', () => cursorLine(screen.painted()).includes('● c'));
		screen.click(5, y);
		screen.click(5, y);
		await screen.untilTrue('the details in focus', () => screen.store.get().view.focus === 'detail');
	});

	test('a click on another pane goes there', async () => {
		const daemon = await oneApp();
		daemon.addImage({name: 'registry.test/app:1'});
		const screen = await openScreen(daemon);
		await screen.until('registry.test/app:1');
		screen.click(5, screen.lines().findIndex((line) => line.includes('registry.test/app:1')));
		await screen.until('[Layers]');
	});

	test('ctrl-t turns it off and on', async () => {
		const screen = await openScreen(await oneApp());
		await screen.until('● web');
		screen.press('ctrl-t');
		await screen.until('Mouse off');
		expect(screen.written.at(-1)).toContain('\u001B[?1000l');
		screen.press('ctrl-t');
		await screen.until('Mouse on');
		expect(screen.written.at(-1)).toContain('\u001B[?1000h');
	});
});

describe('ways out', () => {
	test('q undoes one thing at a time and quits at the root', async () => {
		const screen = await openScreen(await oneApp());
		let hasQuit = false;
		void screen.exited.then(() => {
			hasQuit = true;
		});
		await screen.until('● web');
		screen.press('right');
		await screen.untilTrue('the details in focus', () => screen.store.get().view.focus === 'detail');
		screen.press('q');
		await screen.untilTrue('the list in focus', () => screen.store.get().view.focus === 'list');
		expect(hasQuit).toBe(false);
		screen.press('q');
		await screen.exited;
	});

	test('Escape never quits, ctrl-c always does', async () => {
		const screen = await openScreen(await oneApp());
		await screen.until('● web');
		screen.press('esc', 'esc', 'esc', 'right', 'ctrl-c');
		await screen.exited;
	});

	test('ctrl-c in a dialog closes the dialog', async () => {
		const screen = await openScreen(await oneApp());
		await screen.until('● web');
		screen.press('d');
		await screen.until('Remove web?');
		screen.press('ctrl-c');
		await screen.until((frame) => !frame.includes('Remove web?'));
		expect(screen.frame()).toContain('● web');
	});
});

describe('zoom and panes', () => {
	test('+ gives the focused half the screen, _ brings the others back', async () => {
		const screen = await openScreen(await oneApp());
		await screen.until('2 Images');
		screen.press('+');
		await screen.until((frame) => !frame.includes('2 Images') && frame.includes('STATUS'));
		screen.press('_');
		await screen.until('2 Images');
	});

	test('tab goes round, digits jump', async () => {
		const screen = await openScreen(await oneApp());
		await screen.until('● web');
		screen.press('tab');
		await screen.untilTrue('images', () => screen.store.get().view.pane === 'images');
		screen.press('shift-tab', 'shift-tab');
		await screen.untilTrue('the last pane', () => screen.store.get().view.pane === stack.at(-1)?.id);
		screen.press('1');
		await screen.until('[Logs]');
	});
});

describe('confirm', () => {
	test('one key stops; with `confirm: always` it asks first', async () => {
		const daemon = await oneApp();
		const screen = await openScreen(daemon, {preferences: {confirm: 'always'}});
		await screen.until('● web');
		screen.press('s');
		await screen.until('Start or stop?');
		screen.press('n');
		await screen.until((frame) => !frame.includes('Start or stop?'));
		expect(callsOf(daemon, 'Tasks.Kill')).toBe(0);
		screen.press('s', 'y');
		await screen.until('exited (143)');
	});
});

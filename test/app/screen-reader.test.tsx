import {expect, test} from 'vitest';
import {cellWidth} from '../../source/model/cells.ts';
import {fakeDaemon, openScreen} from './harness.tsx';
import {addApp} from './world.ts';

const open = async () => {
	const daemon = await fakeDaemon();
	addApp(daemon, 'api');
	addApp(daemon, 'web', {status: 'stopped'});
	const screen = await openScreen(daemon, {columns: 79, screenReader: true});
	await screen.until((frame) => frame.includes('api') && frame.includes('2.1.9+fake'));
	return screen;
};

test('a list is its words: no frame, no colour, no blank line, no column of blanks', async () => {
	const screen = await open();
	const painted = screen.painted();
	expect(painted).not.toContain('\u001B');
	expect(painted).not.toMatch(/[─│╭╮╰╯▁-█]/);
	for (const line of screen.lines()) {
		expect(line.trim()).not.toBe('');
		expect(line).not.toMatch(/\s{3}/);
		expect(cellWidth(line)).toBeLessThanOrEqual(79);
	}
	expect(screen.lines().some((line) => /^1 Containers +2$/.test(line))).toBe(true);
});

test('the cursor is a word, and follows the keys', async () => {
	const screen = await open();
	await screen.until(/^selected: .*api .*running/m);
	screen.press('j');
	await screen.until(/^selected: .*web .*exited/m);
	expect(screen.frame()).not.toMatch(/selected: .*api/);
});

test('list and details take turns', async () => {
	const screen = await open();
	expect(screen.frame()).not.toContain('Logs');
	screen.press('enter');
	await screen.until((frame) => frame.includes('Logs') && !frame.includes('selected:'));
	screen.press('esc');
	await screen.until(/^selected: .*api/m);
});

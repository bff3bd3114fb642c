import {describe, expect, test} from 'vitest';
import {buildImage} from '../../../scripts/lab/image.ts';
import {createTheme} from '../../../components/kit/theme.ts';
import {fileLine, modeText} from '../../../components/layers/layer-lines.ts';
import {cellWidth} from '../../../source/model/cells.ts';
import {fakeDaemon, openScreen} from '../../app/harness.tsx';

const image = buildImage('docker.io/lab/app:1', [
	{
		createdBy: 'ADD base /',
		entries: [
			{kind: 'folder', path: 'etc'},
			{kind: 'file', path: 'etc/motd', content: 'm'.repeat(3000)},
			{kind: 'file', path: 'etc/gone', content: 'g'.repeat(5000)},
			{kind: 'symlink', path: 'link', target: 'etc/\u001b]0;owned\u0007motd'},
		],
	},
	{
		createdBy: 'RUN tidy # buildkit',
		entries: [
			{kind: 'file', path: 'etc/motd', content: 'n'.repeat(2000)},
			{kind: 'file', path: 'etc/.wh.gone', content: ''},
			{kind: 'folder', path: 'srv'},
			{kind: 'file', path: 'srv/page', mode: 0o4755, content: 'p'.repeat(1000)},
		],
	},
]);

const open = async (options: Parameters<typeof openScreen>[1] = {}) => {
	const daemon = await fakeDaemon();
	daemon.loadImage(image);
	const screen = await openScreen(daemon, options);
	await screen.until('app:1');
	screen.press('2', ']', 'right');
	await screen.until('efficient');
	return screen;
};

describe('the files of an image', () => {
	test('the top layer first, with what it changed and what it wastes', async () => {
		const screen = await open();
		await screen.until(/▸ {3}2 .*RUN tidy/);
		expect(screen.frame()).toMatch(/ {3}1 .*ADD base \//);
		expect(screen.frame()).toMatch(/layer 2\/2 changes · 2 files 2\.9K · 27% efficient/);
		screen.press('Z');
		await screen.until('page');
		const frame = screen.frame();
		expect(frame).toMatch(/- -rw-r--r-- .*4\.9K .*gone/);
		expect(frame).toMatch(/~ -rw-r--r-- .*2\.0K .*motd/);
		expect(frame).toMatch(/\+ -rwsr-xr-x .*1\.0K .*page/);
	});

	test('another layer, all layers, everything, by size', async () => {
		const screen = await open();
		screen.press('<');
		await screen.until(/layer 1\/2 changes/);
		expect(screen.frame()).toMatch(/link → etc\/motd/);
		screen.press('>', 'a');
		await screen.until(/layers 1-2\/2 ·/);
		screen.press('c');
		await screen.until(/layers 1-2\/2 changes/);
		screen.press('a', 'c');
		await screen.until(/layer 2\/2 ·/);
		screen.press('Z', 'o');
		await screen.until(/etc\/[\s\S]*gone[\s\S]*motd[\s\S]*srv/);
	});

	test('a search unfolds its way, and the waste is told by path', async () => {
		const screen = await open();
		screen.press('/');
		screen.type('page');
		await screen.until('1 match');
		screen.press('enter');
		await screen.until(/page.*│/);
		screen.press('w');
		await screen.until('is removed or overwritten by a later one');
		expect(screen.frame()).toMatch(/4\.9K +1 +\/etc\/gone[\s\S]*2\.9K +1 +\/etc\/motd/);
		screen.press('esc');
	});

	test('a damaged layer is said in words', async () => {
		const daemon = await fakeDaemon();
		const [first, ...rest] = image.layers;
		const torn = {...first!, bytes: Buffer.from(first!.bytes.subarray(0, 40))};
		daemon.loadImage({...image, layers: [torn, ...rest]});
		const screen = await openScreen(daemon);
		await screen.until('app:1');
		screen.press('2', ']');
		await screen.until('Could not read the files of layer');
	});

	test.each([
		[80, 24],
		[60, 20],
		[40, 12],
	])('fits on %i by %i, in ASCII too', async (columns, rows) => {
		const daemon = await fakeDaemon();
		daemon.loadImage(image);
		const screen = await openScreen(daemon, {columns, rows, ascii: true});
		await screen.until('No containers');
		screen.press('2');
		await screen.until('app:1');
		screen.press(']', 'right');
		await screen.until('srv/');
		for (const line of screen.frame().split('\n')) expect(cellWidth(line)).toBeLessThanOrEqual(columns);
		expect(screen.frame()).toMatch(/^[ -~\n]*$/);
	});
});

describe('a line', () => {
	test.each([
		['file', 0o644, '-rw-r--r--'],
		['directory', 0o1777, 'drwxrwxrwt'],
		['file', 0o4755, '-rwsr-xr-x'],
		['file', 0o6640, '-rwSr-S---'],
		['symlink', 0o777, 'lrwxrwxrwx'],
	] as const)('%s %o is %s', (kind, mode, text) => {
		expect(modeText(kind, mode)).toBe(text);
	});

	test('hostile names drive nothing and keep to the width', () => {
		const theme = createTheme({colour: false, ascii: false});
		const row = {depth: 99, name: '\u001b[2J漢字'.repeat(40), kind: 'file', change: 'added', sizeBytes: 1, mode: 0o644, uid: 0, gid: 0, target: undefined, foldable: false, folded: false} as const;
		for (const width of [10, 64, 90, 120]) {
			const line = fileLine(row, {width, theme});
			expect(cellWidth(line)).toBe(width);
			expect(line.replaceAll(/\u001b\[[0-9;]*m/g, '')).not.toContain('\u001b');
		}
	});
});

import {render} from 'ink-testing-library';
import {afterEach, expect, test} from 'vitest';
import {SmallTable} from '../../components/kit/small-table.tsx';
import {createTheme} from '../../components/kit/theme.ts';
import {ThemeContext} from '../../components/kit/theme-context.ts';
import {cellWidth} from '../../source/model/cells.ts';
import {stripSgr} from '../../source/model/sanitize.ts';

let unmount: () => void = () => undefined;
afterEach(() => unmount());

const draw = (rows: ReadonlyArray<Record<string, string>>, {width = 60, ascii = false} = {}): readonly string[] => {
	const screen = render(
		<ThemeContext.Provider value={createTheme({colour: false, ascii})}>
			<SmallTable title="Environment" rows={rows} empty="no environment variables" width={width} />
		</ThemeContext.Provider>,
	);
	({unmount} = screen);
	return stripSgr(screen.lastFrame() ?? '').split('\n');
};

test('a heading, the columns, a row for each', () => {
	expect(draw([{NAME: 'PATH', VALUE: '/bin'}, {NAME: 'A', VALUE: ''}])).toEqual([
		'Environment',
		'┌──────┬───────┐',
		'│ NAME │ VALUE │',
		'├──────┼───────┤',
		'│ PATH │ /bin  │',
		'├──────┼───────┤',
		'│ A    │       │',
		'└──────┴───────┘',
	]);
});

test('nothing is said in words', () => {
	expect(draw([])).toEqual(['Environment', 'no environment variables']);
});

test('what is too wide is cut in its middle, and the table fits', () => {
	const lines = draw([{NAME: 'n'.repeat(200), VALUE: `start${'v'.repeat(200)}end`}], {width: 50});
	for (const line of lines) expect(cellWidth(line)).toBeLessThanOrEqual(50);
	expect(lines.join('\n')).toMatch(/start.*…v*end/);
});

test('wide characters do not push the borders out', () => {
	const lines = draw([{NAME: '日本語', VALUE: '🚀'}, {NAME: 'abc', VALUE: 'x'}]).slice(1);
	expect(new Set(lines.map(cellWidth)).size).toBe(1);
});

test('without box drawing where the terminal has none', () => {
	expect(draw([{NAME: 'PATH', VALUE: '/bin'}], {ascii: true}).join('\n')).toMatch(/^[\n -~]*$/);
});

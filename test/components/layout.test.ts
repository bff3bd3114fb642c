import {expect, test} from 'vitest';
import {type Layout, layoutOf} from '../../components/layout.ts';

const panes = ['containers', 'images', 'projects', 'snapshotters', 'snapshots', 'stats'] as const;
const stack = ['containers', 'images', 'projects', 'snapshotters'] as const;

const everySize = function* () {
	for (let columns = 1; columns <= 240; columns += columns < 130 ? 3 : 17) for (let rows = 1; rows <= 90; rows += rows < 45 ? 1 : 9) yield {columns, rows};
};

/** What is wrong with a layout, if anything. */
const wrong = (layout: Layout, {columns, rows}: {readonly columns: number; readonly rows: number}): string | undefined => {
	const {list, detail, stack: places} = layout;
	const others = Number(layout.hasHeader) + Number(layout.hasTabLine) + Number(layout.hasFooter) + Number(layout.hasJobLine);
	if (places.length > 0) {
		if (others + places.reduce((sum, {height}) => sum + height, 0) !== rows) return 'the stack does not fill the height';
		if (places.some(({height}) => height < 1)) return 'a pane has no row';
		if ((list?.width ?? 0) + (detail?.width ?? 0) !== columns) return 'the halves do not fill the width';
		return others + (detail?.height ?? 0) === rows ? undefined : 'the detail does not fill the height';
	}
	if (others + (list?.height ?? 0) + (detail?.height ?? 0) !== rows) return 'the halves do not fill the height';
	const odd = [list, detail].find((part) => part !== undefined && (part.width !== columns || part.height < 1));
	return odd === undefined ? undefined : 'a half is not as wide as the screen or has no row';
};

test('on no size is anything larger than the terminal or smaller than one row', () => {
	const found: unknown[] = [];
	for (const size of everySize())
		for (const pane of panes)
			for (const focus of ['list', 'detail'] as const)
				for (const zoom of [0, 1] as const)
					for (const [many, hasJobs] of [[0, false], [3, true], [5000, false], [5000, true]] as const) {
						const problem = wrong(layoutOf({...size, hasJobs, view: {pane, focus, zoom}, wanted: stack.map((id, index) => ({pane: id, rows: many * (index + 1)}))}), size);
						if (problem !== undefined) found.push({problem, ...size, pane, focus, zoom, many, hasJobs});
					}
	expect(found).toEqual([]);
});

test.each([
	[120, 30, 'wide'],
	[119, 30, 'medium'],
	[120, 29, 'medium'],
	[80, 24, 'medium'],
	[79, 24, 'narrow'],
	[80, 19, 'narrow'],
	[20, 5, 'narrow'],
])('%i×%i is %s', (columns, rows, kind) => {
	expect(layoutOf({columns, rows, view: {pane: 'containers', focus: 'list', zoom: 0}, wanted: stack.map((pane) => ({pane, rows: 3}))}).kind).toBe(kind);
});

test('the focused pane gets the room that the others do not need', () => {
	const heightOf = (focused: (typeof stack)[number]) =>
		layoutOf({columns: 160, rows: 50, view: {pane: focused, focus: 'list', zoom: 0}, wanted: stack.map((pane) => ({pane, rows: 100}))}).stack.find(({pane}) => pane === focused)?.height ?? 0;
	for (const pane of stack) expect(heightOf(pane)).toBeGreaterThanOrEqual(39);
});

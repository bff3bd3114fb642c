import type {PaneId, View} from '../hooks/types.ts';

export type Rectangle = {readonly width: number; readonly height: number};

/**
Where things are on a terminal of this size.

- `wide` (≥ 120 × 30): a side stack of panes and a detail.
- `medium` (80 … 119 wide, or lower than 30): the stack is one line of tabs, the list above, the detail below.
- `narrow` (< 80 wide or < 20 high): one half at a time.
*/
export type Layout = {
	readonly kind: 'wide' | 'medium' | 'narrow';
	readonly columns: number;
	readonly rows: number;
	readonly hasHeader: boolean;
	readonly hasTabLine: boolean;
	readonly hasJobLine: boolean;
	readonly hasFooter: boolean;
	/** Only in `wide`: the stack, top to bottom. */
	readonly stack: ReadonlyArray<{readonly pane: PaneId; readonly height: number}>;
	/** The list that has the selection; undefined while the detail has the whole screen. */
	readonly list: Rectangle | undefined;
	readonly detail: Rectangle | undefined;
};

export type LayoutInput = {
	readonly columns: number;
	readonly rows: number;
	readonly view: Pick<View, 'pane' | 'focus' | 'zoom'>;
	/** Something runs that shows its progress. */
	readonly hasJobs?: boolean;
	/** How many rows each pane of the stack would like to show. */
	readonly wanted: ReadonlyArray<{readonly pane: PaneId; readonly rows: number}>;
};

const border = 2;
const leastPane = 3;

/** The focused pane gets what it wants first, the others share the rest by need; nobody is under one row. */
const stackHeights = (wanted: LayoutInput['wanted'], focused: PaneId, height: number): Layout['stack'] => {
	const heights = new Map(wanted.map(({pane}) => [pane, Math.min(leastPane, Math.max(1, Math.floor(height / wanted.length)))]));
	let left = height - [...heights.values()].reduce((sum, value) => sum + value, 0);
	const order = [...wanted].sort((a, b) => Number(b.pane === focused) - Number(a.pane === focused));
	for (const {pane, rows} of order) {
		const has = heights.get(pane) ?? 0;
		// An unfocused pane never takes more than a third: the next one deserves to be seen too.
		const most = pane === focused ? height : Math.max(leastPane, Math.floor(height / 3));
		const extra = Math.max(0, Math.min(left, Math.min(rows + border, most) - has));
		heights.set(pane, has + extra);
		left -= extra;
	}
	heights.set(focused, (heights.get(focused) ?? 0) + Math.max(0, left));
	return wanted.map(({pane}) => ({pane, height: heights.get(pane) ?? 0}));
};

export const layoutOf = ({columns, rows, view, wanted, hasJobs = false}: LayoutInput): Layout => {
	// What is typed and what went wrong are said there: only a screen without room for a row in a frame does without.
	const hasFooter = rows >= 4;
	const hasHeader = rows >= 10;
	const isFullScreen = view.pane === 'stats' && view.focus === 'list';
	const kind = columns >= 120 && rows >= 30 ? 'wide' : columns >= 80 && rows >= 20 ? 'medium' : 'narrow';
	const hasTabLine = kind !== 'wide' && rows >= 12 && view.zoom === 0;
	const hasJobLine = hasJobs && rows >= 8;
	const body = rows - Number(hasJobLine) - Number(hasHeader) - Number(hasFooter) - Number(hasTabLine);
	const whole = {width: columns, height: body};
	const base = {kind, columns, rows, hasHeader, hasFooter, hasTabLine, hasJobLine} as const;
	if (kind === 'narrow' || view.zoom === 1 || isFullScreen) {
		const isDetail = view.focus === 'detail' && !isFullScreen;
		return {...base, stack: [], list: isDetail ? undefined : whole, detail: isDetail ? whole : undefined};
	}
	if (kind === 'medium') {
		const listHeight = Math.max(5, Math.floor(body * (view.focus === 'detail' ? 0.3 : 0.45)));
		return {...base, stack: [], list: {width: columns, height: listHeight}, detail: {width: columns, height: body - listHeight}};
	}
	const side = Math.min(66, Math.floor(columns * 0.4));
	const focused = view.pane === 'snapshots' ? 'snapshotters' : view.pane === 'stats' ? 'containers' : view.pane;
	const stack = stackHeights(wanted, focused, body);
	return {
		...base,
		stack,
		list: {width: side, height: stack.find(({pane}) => pane === focused)?.height ?? body},
		detail: {width: columns - side, height: body},
	};
};

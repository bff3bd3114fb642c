import {memo} from 'react';
import {Lines} from '../kit/lines.tsx';
import {useTheme} from '../kit/theme-context.ts';
import {frame} from '../kit/frame.ts';
import {plain} from '../../source/model/sanitize.ts';
import {useCount, useList, useWindow} from '../../hooks/use-list.ts';
import {useSelect} from '../../hooks/use-select.ts';
import type {Usage} from '../../source/model/usage.ts';
import {useSampling} from '../../hooks/use-sampling.ts';
import type {PaneId} from '../../hooks/types.ts';
import {emptyText, painterOf} from './pane-lines.ts';

export type ListPaneProps = {
	readonly pane: PaneId;
	readonly number: number | undefined;
	readonly title: string;
	readonly width: number;
	readonly height: number;
	/** This pane has the selection that the detail shows. */
	readonly isCurrent: boolean;
	readonly hasFocus: boolean;
};

const showsUsage = (pane: PaneId): boolean => pane === 'containers' || pane === 'stats';

const nothing: ReadonlyMap<string, Usage> = new Map();

/** A live list in a frame: only the visible rows are made, each as one string. */
export const ListPane = memo(({pane, number, title, width, height, isCurrent, hasFocus}: ListPaneProps) => {
	const theme = useTheme();
	const {rows, index, view, freshness, failure} = useList(pane);
	const usage = useSelect((state) => (showsUsage(pane) ? state.usage : nothing));
	const pending = useSelect((state) => state.pending);
	const minute = useSelect((state) => state.minute);
	const things = useCount(pane);
	const isAll = useSelect((state) => state.scope.kind === 'all');
	const snapshotter = useSelect((state) => state.snapshotter);
	useSampling(pane === 'stats' ? 'all' : 'none');

	const inner = width - 2;
	const painter = painterOf(pane, inner, {usage, pending, minute, isAll, snapshotter, theme});
	const hasHeading = (inner >= 70 || pane === 'snapshots') && height >= 6;
	const space = Math.max(0, height - 2 - Number(hasHeading));
	const top = useWindow(pane, index, rows.length, space, isCurrent);
	const isStale = freshness === 'stale';
	const visible = rows.slice(top, top + space).map((row, at) =>
		painter.row(row, {theme, isSelected: isCurrent && top + at === index, hasFocus, isMarked: view.marks.has(row.key), isStale}),
	);
	const body = rows.length === 0 ? emptyText(pane, view.filter, freshness, failure).map((text) => ` ${theme.paint('muted', text)}`) : visible;
	const filter = view.filter === '' ? '' : ` ${theme.paint('accent', `/${plain(view.filter)}`)}`;
	const count = view.marks.size > 0 ? `${view.marks.size} marked · ${things}` : String(things);
	const lines = frame([...(hasHeading ? [painter.heading(view.sort)] : []), ...body], {
		width,
		height,
		title: `${theme.paint(isCurrent ? 'strong' : 'plain', `${number === undefined ? '' : `${number} `}${title}`)}${filter}`,
		corner: isStale ? theme.paint('warning', `stale ${count}`) : count,
		hasFocus: isCurrent && hasFocus,
		theme,
	});
	return <Lines lines={lines} width={width} />;
});
ListPane.displayName = 'ListPane';

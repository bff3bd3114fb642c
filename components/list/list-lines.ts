import {plain} from '../../source/model/sanitize.ts';
import type {PaneId, Row, View} from '../../hooks/types.ts';
import {frame} from '../kit/frame.ts';
import {type Around, emptyText, painterOf} from './pane-lines.ts';

export type ListPicture = {
	readonly pane: PaneId;
	readonly number: number | undefined;
	readonly title: string;
	readonly width: number;
	readonly height: number;
	/** This pane has the selection that the detail shows. */
	readonly isCurrent: boolean;
	readonly hasFocus: boolean;
	readonly rows: readonly Row[];
	/** The first visible row. */
	readonly top: number;
	readonly index: number;
	/** Things, without the groups they stand in. */
	readonly count: number;
	readonly view: View['panes'][PaneId];
	readonly freshness: 'loading' | 'live' | 'stale';
	readonly failure: string | undefined;
	readonly around: Around;
};

/** Wide lists and trees name their columns, where there is height to spare. */
export const hasHeading = (pane: PaneId, width: number, height: number): boolean => (width - 2 >= 70 || pane === 'snapshots') && height >= 6;

/** Rows that a list of this size can show. */
export const spaceOf = (pane: PaneId, width: number, height: number): number => Math.max(0, height - 2 - Number(hasHeading(pane, width, height)));

/** A list in its frame as finished strings, one per screen line: only the visible rows are made. */
export const listLines = (picture: ListPicture): readonly string[] => {
	const {pane, number, title, width, height, isCurrent, hasFocus, rows, top, index, count, view, freshness, failure, around} = picture;
	const {theme} = around;
	const painter = painterOf(pane, width - 2, around);
	const isStale = freshness === 'stale';
	const visible = rows
		.slice(top, top + spaceOf(pane, width, height))
		.map((row, at) => painter.row(row, {theme, isSelected: isCurrent && top + at === index, hasFocus, isMarked: view.marks.has(row.key), isStale}));
	const body = rows.length === 0 ? emptyText(pane, view.filter, freshness, failure).map((text) => ` ${theme.paint('muted', text)}`) : visible;
	const filter = view.filter === '' ? '' : ` ${theme.paint('accent', `/${plain(view.filter)}`)}`;
	const counted = freshness === 'loading' && rows.length === 0 ? '' : view.marks.size > 0 ? `${view.marks.size} marked · ${count}` : String(count);
	return frame([...(hasHeading(pane, width, height) ? [painter.heading(view.sort)] : []), ...body], {
		width,
		height,
		title: `${theme.paint(isCurrent ? 'strong' : 'plain', `${number === undefined ? '' : `${number} `}${title}`)}${filter}`,
		corner: isStale ? theme.paint('warning', `stale ${counted}`) : counted,
		hasFocus: isCurrent && hasFocus,
		theme,
	});
};

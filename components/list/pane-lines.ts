import {plain} from '../../source/model/sanitize.ts';
import type {Usage} from '../../source/model/usage.ts';
import type {PaneId, Row} from '../../hooks/types.ts';
import {type Column, fitColumns, headingText, type RowStyle, rowText} from '../kit/columns.ts';
import type {Theme} from '../kit/theme.ts';
import {type BuildLine, shortBuildColumns, wideBuildColumns} from '../builds/columns.ts';
import {type ContainerLine, shortColumns, statsColumns, wideColumns} from '../containers/columns.ts';
import {type ImageLine, shortImageColumns, wideImageColumns} from '../images/columns.ts';
import {type ProjectLine, shortProjectColumns, wideProjectColumns} from '../projects/columns.ts';
import {type NetworkLine, networkColumns} from '../networks/columns.ts';
import {type VolumeLine, volumeColumns} from '../volumes/columns.ts';
import {type SnapshotLine, type SnapshotterLine, snapshotColumns, snapshotterColumns} from '../snapshots/columns.ts';

/** What rows need besides themselves. */
export type Around = {
	readonly usage: ReadonlyMap<string, Usage>;
	readonly pending: ReadonlyMap<string, string>;
	readonly minute: number;
	readonly isAll: boolean;
	readonly snapshotter: string;
	readonly theme: Theme;
};

/** A pane's rows and heading as finished strings. The columns depend on the pane and the width; the cells on the row and what is around. */
export type Painter = {
	readonly heading: (sort: {readonly column: string; readonly descending: boolean}) => string;
	readonly row: (row: Row, style: RowStyle) => string;
};

/** Under this width a list shows its few most telling cells. */
const wideFrom = 70;

const painter = <Line>(columns: ReadonlyArray<Column<Line>>, width: number, theme: Theme, lineOf: (row: Row) => Line): Painter => {
	// One cell at the left is the mark's.
	const fitted = fitColumns(columns, width - 1);
	return {
		heading: (sort) => headingText(fitted, sort, theme),
		row: (row, style) => rowText(lineOf(row), fitted, style),
	};
};

export const painterOf = (pane: PaneId, width: number, {usage, pending, minute, isAll, snapshotter, theme}: Around): Painter => {
	const isWide = width >= wideFrom;
	const containerLine = (row: Row): ContainerLine => ({
		row: row as ContainerLine['row'],
		usage: usage.get(row.key),
		pending: pending.get(row.key),
		minute,
		ascii: theme.ascii,
	});
	switch (pane) {
		case 'containers':
			return painter(isWide ? wideColumns(isAll) : shortColumns(isAll), width, theme, containerLine);
		case 'stats':
			return painter(statsColumns(isAll), width, theme, containerLine);
		case 'images':
			return painter(isWide ? wideImageColumns(isAll) : shortImageColumns(), width, theme, (row): ImageLine => ({row: row as ImageLine['row'], minute}));
		case 'projects':
			return painter(isWide ? wideProjectColumns(isAll) : shortProjectColumns(isAll), width, theme, (row): ProjectLine => ({row: row as ProjectLine['row'], usage, pending: pending.get(row.key), ascii: theme.ascii}));
		case 'snapshotters':
			return painter(snapshotterColumns(), width, theme, (row): SnapshotterLine => ({row: row as SnapshotterLine['row'], isDefault: row.key === snapshotter}));
		case 'networks':
			return painter(networkColumns(isAll), width, theme, (row): NetworkLine => ({row: row as NetworkLine['row']}));
		case 'volumes':
			return painter(volumeColumns(isAll), width, theme, (row): VolumeLine => ({row: row as VolumeLine['row'], minute}));
		case 'builds':
			return painter(isWide ? wideBuildColumns() : shortBuildColumns(), width, theme, (row): BuildLine => ({row: row as BuildLine['row'], minute, ascii: theme.ascii}));
		case 'snapshots':
			return painter(snapshotColumns(), width, theme, (row): SnapshotLine => ({row: row as SnapshotLine['row'], minute, ascii: theme.ascii}));
	}
};

/** An empty list says why it is empty and what to do. */
export const emptyText = (pane: PaneId, filter: string, freshness: 'loading' | 'live' | 'stale', failure: string | undefined): readonly string[] => {
	if (failure !== undefined) return [plain(failure)];
	if (freshness === 'loading') return ['Waiting for the daemon…'];
	if (filter !== '') return [`Nothing matches ${plain(filter)}`, 'esc shows everything again'];
	switch (pane) {
		case 'containers':
			return ['No containers in this namespace', 'N looks into another one'];
		case 'stats':
			return ['Nothing is running'];
		case 'images':
			return ['No images in this namespace'];
		case 'projects':
			return ['No compose projects: containers with compose labels show here', 'n looks into a directory that has a compose file'];
		case 'snapshotters':
			return ['No snapshotters'];
		case 'networks':
			return ['No networks', 'n makes one; the default one is made with the first container'];
		case 'volumes':
			return ['No volumes in this namespace', 'n makes one'];
		case 'builds':
			return ['No builds yet', 'B builds a directory'];
		case 'snapshots':
			return ['No snapshots'];
	}
};

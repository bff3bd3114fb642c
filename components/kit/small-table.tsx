import {Box, Text} from 'ink';
import {memo} from 'react';
import * as inkTable from '#ink-table';
import type {ComponentType, PropsWithChildren} from 'react';
import {cellWidth, fit, padEnd, truncateMiddle} from '../../source/model/cells.ts';
import {asAscii} from './ascii.ts';
import {useTheme} from './theme-context.ts';

type Data = ReadonlyArray<Record<string, string>>;

type TableProps = {readonly data: Data; readonly skeleton?: ComponentType<PropsWithChildren>; readonly cell?: ComponentType<PropsWithChildren<{readonly column: number}>>};

/** Unbundled the module has `Table`; bundled it is ink-table's own CommonJS, whose default export is once or twice wrapped. */
const unwrap = (module: unknown): ComponentType<TableProps> => {
	const {Table, default: inner} = module as {Table?: unknown; default?: {default?: unknown}};
	return (Table ?? inner?.default ?? inner) as ComponentType<TableProps>;
};

const Table = unwrap(inkTable);

export type SmallTableProps = {
	readonly title: string;
	/** Sanitized text. */
	readonly rows: Data;
	/** What to say instead of an empty table. */
	readonly empty: string;
	readonly width: number;
};

/** ink-table neither cuts nor wraps: a cell that is too wide would break the frame, so the widest column gives way here. */
const cut = (rows: Data, width: number): Data => {
	const names = Object.keys(rows[0] ?? {});
	const last = names.at(-1);
	if (last === undefined) return rows;
	const widest = (name: string) => rows.reduce((most, row) => Math.max(most, cellWidth(row[name] ?? '')), cellWidth(name));
	const share = Math.floor(width / names.length);
	const limits = new Map(names.slice(0, -1).map((name) => [name, Math.min(widest(name), Math.max(share, 10))]));
	const rest = Math.max(8, width - names.length * 3 - 1 - [...limits.values()].reduce((sum, value) => sum + value, 0));
	return rows.map((row) => Object.fromEntries(names.map((name) => [name, truncateMiddle(row[name] ?? '', limits.get(name) ?? rest)])));
};

/**
ink-table counts UTF-16 units where a terminal counts cells: a wide character would push the border out. So names and values come padded
to their cells, and each cell is fitted to what ink-table takes for its width.
*/
const aligned = (rows: Data): Pick<TableProps, 'data'> & Required<Pick<TableProps, 'cell'>> => {
	const columns = Object.keys(rows[0] ?? {}).map((name) => {
		const cells = Math.max(cellWidth(name), ...rows.map((row) => cellWidth(row[name] ?? '')));
		const units = Math.max(...[name, ...rows.map((row) => row[name] ?? '')].map((text) => padEnd(text, cells).length));
		return {name, cells, width: units + 2};
	});
	return {
		data: rows.map((row) => Object.fromEntries(columns.map(({name, cells}) => [padEnd(name, cells), padEnd(row[name] ?? '', cells)]))),
		cell: ({column, children}) => <Text>{fit(String(children).trimEnd(), columns[column]?.width ?? 0)}</Text>,
	};
};

/** The lines between the cells, for terminals without box drawing. */
const PlainSkeleton = ({children}: PropsWithChildren) => <Text>{typeof children === 'string' ? asAscii(children) : children}</Text>;

/** A small, static table with a heading: env, labels, mounts, ports. Two screen lines per row: not for live lists. */
export const SmallTable = memo(({title, rows, empty, width}: SmallTableProps) => {
	const {ascii} = useTheme();
	return (
		<Box flexDirection="column" flexShrink={0}>
			<Text bold>{title}</Text>
			{rows.length === 0 ? <Text dimColor>{empty}</Text> : <Table {...aligned(cut(rows, width))} {...(ascii ? {skeleton: PlainSkeleton} : {})} />}
		</Box>
	);
});
SmallTable.displayName = 'SmallTable';

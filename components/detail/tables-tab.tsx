import {useScroll} from '../../hooks/use-scroll.ts';
import {SmallTable} from '../kit/small-table.tsx';
import {DetailBox} from './detail-frame.tsx';
import type {TabProps} from './types.ts';

export type Section = {readonly title: string; readonly rows: ReadonlyArray<Record<string, string>>; readonly empty: string};

/** Title, borders and two lines per row, as ink-table draws them. */
const linesOf = (rows: number): number => (rows === 0 ? 2 : rows * 2 + 4);

/**
Small tables under each other. What does not fit is scrolled by whole rows: the rows above are left out rather than drawn and clipped,
because ink-table pays for every row it is given.
*/
export const TablesTab = ({subject, sections, note, ...props}: TabProps & {readonly subject: string; readonly sections: readonly Section[]; readonly note?: string}) => {
	const height = Math.max(1, props.height - 2);
	const total = sections.reduce((sum, {rows}) => sum + rows.length, 0);
	const needed = sections.reduce((sum, {rows}) => sum + linesOf(rows.length), 0);
	const {offset} = useScroll(`${subject} ${props.active}`, needed <= height ? 0 : total, needed <= height ? 1 : Math.min(total, Math.max(1, Math.floor(height / 2) - 3)));
	let skip = offset;
	let room = height;
	const shown = sections.flatMap((section) => {
		const from = Math.min(skip, section.rows.length);
		skip -= from;
		if (from === section.rows.length && section.rows.length > 0) return [];
		const rows = section.rows.slice(from, from + Math.max(0, Math.floor((room - 4) / 2) + 1));
		room -= linesOf(rows.length);
		return rows.length === 0 && room < -2 ? [] : [{...section, rows}];
	});
	return (
		<DetailBox {...props} {...(needed > height ? {bottom: `from ${offset + 1} of ${total}`} : {})}>
			{note === undefined ? shown.map((section) => <SmallTable key={section.title} {...section} width={props.width - 4} />) : <SmallTable title="" rows={[]} empty={note} width={props.width - 4} />}
		</DetailBox>
	);
};

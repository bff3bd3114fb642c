import {useJsonView} from '../../hooks/use-json-view.ts';
import type {JsonRow} from '../../source/model/json-tree.ts';
import type {Filter} from '../../source/model/filter.ts';
import type {Theme, Tone} from '../kit/theme.ts';
import {useTheme} from '../kit/theme-context.ts';
import {DetailFrame} from './detail-frame.tsx';
import type {TabProps} from './types.ts';

const toneOf = (row: JsonRow): Tone => {
	if (row.foldable) return 'muted';
	return row.kind === 'string' ? 'good' : row.kind === 'number' ? 'warning' : 'accent';
};

const lit = (text: string, filter: Filter | undefined, theme: Theme): string => {
	if (filter === undefined) return text;
	let out = '';
	let at = 0;
	for (const [start, end] of filter.ranges(text)) {
		out += text.slice(at, start) + theme.match(text.slice(start, end));
		at = end;
	}
	return out + text.slice(at);
};

const lineOf = (row: JsonRow, filter: Filter | undefined, theme: Theme): string => {
	const fold = row.foldable ? (row.folded ? (theme.ascii ? '>' : '▸') : theme.ascii ? 'v' : '▾') : ' ';
	const key = row.key === undefined ? '' : `${theme.paint('accent', lit(row.key, filter, theme))}: `;
	return `${'  '.repeat(row.depth)}${fold} ${key}${theme.paint(toneOf(row), lit(row.value, filter, theme))}`;
};

/** A JSON document that folds and is searched: specs, configs, manifests. */
export const JsonTab = ({subject, value, note, ...props}: TabProps & {readonly subject: string; readonly value: unknown; readonly note?: string}) => {
	const theme = useTheme();
	const height = Math.max(0, props.height - 2);
	const {tree, top, cursor, status} = useJsonView(`${subject} ${props.active}`, value, height);
	const lines = note === undefined ? tree.rows(top, height).map((row, index) => (top + index === cursor ? ` ${theme.cursor(lineOf(row, undefined, createPlain(theme)), props.hasFocus)}` : ` ${lineOf(row, tree.filter, theme)}`)) : [` ${note}`];
	return <DetailFrame {...props} lines={lines} bottom={[status, `${cursor + 1}/${tree.size}`].filter((part) => part !== '').join(' · ')} />;
};

/** The cursor's line is one colour. */
const createPlain = (theme: Theme): Theme => ({...theme, paint: (_tone, text) => text});

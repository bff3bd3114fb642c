import {memo} from 'react';
import {cellWidth, fit, truncate} from '../source/model/cells.ts';
import {plain} from '../source/model/sanitize.ts';
import type {Overlay} from '../hooks/types.ts';
import {useHints} from '../hooks/use-hints.ts';
import {useNotice} from '../hooks/use-notice.ts';
import {useSelect} from '../hooks/use-select.ts';
import {hintLine} from './footer-line.ts';
import {Lines} from './kit/lines.tsx';
import type {Theme} from './kit/theme.ts';
import {useTheme} from './kit/theme-context.ts';

/** The line that is being typed, with its cursor, and what may be typed. */
const typed = (overlay: Overlay & {readonly kind: 'line'}, width: number, theme: Theme): string => {
	const title = overlay.title.length <= 1 ? overlay.title : `${plain(overlay.title)}: `;
	const before = overlay.text.slice(0, overlay.cursor);
	const under = overlay.text[overlay.cursor] ?? ' ';
	const after = overlay.text.slice(overlay.cursor + under.length);
	const line = ` ${theme.paint('accent', title)}${before}${theme.match(under)}${after}`;
	const note = theme.paint('muted', overlay.note);
	const space = width - cellWidth(line) - cellWidth(note) - 2;
	return space < 1 ? line : `${line}${' '.repeat(space)}${note}`;
};

/** One line: what is typed, else what was said, else the keys of this pane with help at the right end. */
export const Footer = memo(({width}: {readonly width: number}) => {
	const theme = useTheme();
	const overlay = useSelect((state) => state.view.overlays.at(-1));
	const connection = useSelect((state) => state.connection);
	const notice = useNotice();
	const hints = useHints();
	const line = (): string => {
		if (overlay?.kind === 'line') return typed(overlay, width, theme);
		if (notice !== undefined) {
			const mark = theme.ascii ? {good: '+', bad: '!', info: '-'}[notice.tone] : {good: '✓', bad: '✗', info: '·'}[notice.tone];
			return ` ${theme.paint(notice.tone === 'info' ? 'accent' : notice.tone, `${mark} ${plain(notice.text)}`)}`;
		}
		if (connection.status === 'lost' || connection.status === 'failed')
			return ` ${theme.paint('bad', `${connection.status === 'lost' ? 'Connection lost' : 'No connection'}: ${plain(connection.reason)}`)} ${theme.paint('muted', `try ${connection.attempt}`)}`;
		return hintLine(hints, width, theme);
	};
	return <Lines lines={[fit(truncate(line(), width), width)]} width={width} />;
});
Footer.displayName = 'Footer';

import {cellWidth} from '../source/model/cells.ts';
import type {Hint} from '../source/commands/index.ts';
import {keyLabel} from '../source/commands/keymap/index.ts';
import type {Theme} from './kit/theme.ts';

/** The keys of where the focus is, as many as fit, with help at the right end. */
export const hintLine = (hints: readonly Hint[], width: number, theme: Theme): string => {
	const shown = ({key, label}: Hint) => `${theme.paint('accent', keyLabel(key, {ascii: theme.ascii}))} ${label}`;
	const help = hints.find((hint) => hint.label === 'help');
	const right = help === undefined ? '' : `${shown(help)} `;
	let left = '';
	for (const hint of hints) {
		if (hint === help) continue;
		const next = `${left} ${shown(hint)} `;
		if (cellWidth(next) + cellWidth(right) + 1 > width) break;
		left = next;
	}
	return `${left}${' '.repeat(Math.max(0, width - cellWidth(left) - cellWidth(right)))}${right}`;
};

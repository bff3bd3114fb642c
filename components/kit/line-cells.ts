import {sureWidth} from '../../source/model/cells.ts';
import {openSgr, reopenSgr, sgrAt} from '../../source/model/sgr.ts';

/** One screen line by columns. */
export type LineCells = {
	/** What stands in the column; empty behind a wide character. Shorter than the screen: what follows is blank. */
	readonly texts: readonly string[];
	/** One SGR sequence that sets the column's style from nothing; empty for the terminal's own. */
	readonly styles: readonly string[];
};

const most = 4000;

/** From one style by a sequence to the next: there are a few dozen on a screen. */
const steps = new Map<string, string>();

const stepped = (style: string, sequence: string): string => {
	const step = style + sequence;
	let next = steps.get(step);
	if (next === undefined) {
		if (steps.size >= most) steps.clear();
		next = reopenSgr(openSgr(step));
		steps.set(step, next);
	}
	return next;
};

/**
Undefined for a line whose columns can't be known for sure: clusters of several characters and emoji, to which terminals give different
room, and controls other than SGR.
*/
export const lineCells = (line: string): LineCells | undefined => {
	const texts: string[] = [];
	const styles: string[] = [];
	let style = '';
	for (let index = 0; index < line.length; index += 1) {
		const code = line.charCodeAt(index);
		if (code === 0x1b) {
			sgrAt.lastIndex = index;
			if (!sgrAt.test(line)) return undefined;
			style = stepped(style, line.slice(index, sgrAt.lastIndex));
			index = sgrAt.lastIndex - 1;
			continue;
		}
		const width = sureWidth(code);
		if (width === 0) return undefined;
		texts.push(line.charAt(index));
		styles.push(style);
		if (width === 2) {
			texts.push('');
			styles.push(style);
		}
	}
	// A style that stays open would colour what is written next.
	return style === '' ? {texts, styles} : undefined;
};

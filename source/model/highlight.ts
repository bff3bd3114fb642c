import type {Range} from './filter.ts';
import {sgrAt} from './sgr.ts';

const inverse = '\u001B[7m';
const upright = '\u001B[27m';

/**
Put a style around the ranges of a text that may carry SGR already. Ranges count in the text without its SGR, which is what a filter
was matched against. A reset inside a range would end the light early, so it is lit again after every sequence.
*/
export const highlight = (text: string, ranges: readonly Range[], on = inverse, off = upright): string => {
	if (ranges.length === 0) return text;
	let out = '';
	let visible = 0;
	let index = 0;
	let next = 0;
	let lit = false;
	while (index < text.length) {
		const range = ranges[next];
		if (lit && range !== undefined && visible >= range[1]) {
			out += off;
			lit = false;
			next++;
			continue;
		}
		sgrAt.lastIndex = index;
		if (sgrAt.test(text)) {
			out += text.slice(index, sgrAt.lastIndex) + (lit ? on : '');
			index = sgrAt.lastIndex;
			continue;
		}
		if (range === undefined) return out + text.slice(index);
		if (!lit && visible >= range[0]) {
			out += on;
			lit = true;
		}
		const escape = text.indexOf('\u001B', index + 1);
		const edge = index + (lit ? range[1] : range[0]) - visible;
		const end = Math.max(index + 1, Math.min(edge, escape < 0 ? text.length : escape, text.length));
		out += text.slice(index, end);
		visible += end - index;
		index = end;
	}
	return lit ? out + off : out;
};

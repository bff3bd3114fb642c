/**
What containers, registries and daemons send may not drive the terminal it is shown on. Two doors: `plain` for names, labels and
messages, `coloured` for log text, where SGR colours survive and nothing else does.

After either, ESC occurs only in a complete, bounded SGR sequence, so pieces can be joined without making a new sequence.
*/

/**
Escape sequences as ECMA-48 and xterm define them, 7-bit (ESC x) and 8-bit (C1). A string (OSC, DCS, SOS, PM, APC) runs to its
terminator; a body never contains another introducer, which keeps matching linear on hostile input. A string that is never closed
loses only its introducer, so that a stray byte can't hide the rest of a line.
*/
const sequence =
	/(?:\u001b[\]PX^_]|[\u0090\u0098\u009d-\u009f])[^\u0007\u001b\u0080-\u009f\n]*(?:\u0007|\u001b\\|\u009c)|(?:\u001b\[|\u009b)[0-?]*[ -/]*[@-~]?|\u001b[ -/]*[0-~]?|[\u0080-\u009f]/g;

/**
Characters that are invisible or rearrange their neighbours: controls, soft hyphen, bidi marks, embeddings and isolates, zero-width
spaces and joiners, line separators, byte order marks, annotations, tags. Joiners go too: terminals disagree on how wide a joined
emoji is, and its parts beside each other are always measured right.
*/
const invisible =
	/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]|\udb40[\udc00-\udc7f]/g;

/** More marks on one letter than any script writes. */
const piledMarks = /(\p{M}{4})\p{M}+/gu;
const lineBreaks = /\r\n|[\n\r\u000b\u000c\u0085\u2028\u2029]/g;
const beyondAscii = /[^ -~]/;
const suspect = /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u0300-\u036f\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufe00-\ufe2f\ufeff\ufff9-\ufffb\u{e0000}-\u{e007f}]|\p{M}{5}/u;
const isSuspect = (text: string): boolean => suspect.test(text) || !text.isWellFormed();

const settle = (text: string): string => text.replace(invisible, '').toWellFormed().replace(piledMarks, '$1');

/** Text on one line without any control: line breaks and tabs become a space, all else that does not print is dropped. */
export const plain = (text: string): string => {
	if (!beyondAscii.test(text) || !isSuspect(text)) return text;
	return settle(text.replace(sequence, '').replace(lineBreaks, ' ').replaceAll('\t', ' '));
};

/** Longer parameter lists than any colour needs are an attack on the terminal's parser. */
const sgr = /\u001b\[[0-9;:]{0,47}m/g;
const isSgr = /^\u001b\[[0-9;:]{0,47}m$/;

/** The text without its colours. Expects what `coloured` made. */
export const stripSgr = (text: string): string => (text.includes('\u001b') ? text.replace(sgr, '') : text);

/** Conceal (8) would hide text from the reader; the colours' own operands (38;5;8) are not it. */
const withoutConceal = (style: string): string => {
	if (!style.includes('8')) return style;
	const kept: string[] = [];
	const parameters = style.slice(2, -1).split(';');
	for (let at = 0; at < parameters.length; at++) {
		const parameter = parameters[at] ?? '';
		if (parameter === '38' || parameter === '48' || parameter === '58') {
			const operands = parameters[at + 1] === '5' ? 2 : parameters[at + 1] === '2' ? 4 : 0;
			kept.push(...parameters.slice(at, at + operands + 1));
			at += operands;
		} else if (Number.parseInt(parameter, 10) !== 8) kept.push(parameter);
	}
	return kept.length === 0 ? '' : `\u001b[${kept.join(';')}m`;
};

const resets = (style: string): boolean => /^\u001b\[0*(?:;|m$)/.test(style);

const tabStop = 8;

/** Tab stops counted in characters, colours left out. */
const expandTabs = (text: string): string => {
	let column = 0;
	return text
		.split(/(\t|\u001b\[[0-9;:]*m)/)
		.map((part, index) => {
			if (index % 2 === 0) {
				column += part.length;
				return part;
			}
			if (part !== '\t') return part;
			const spaces = tabStop - (column % tabStop);
			column += spaces;
			return ' '.repeat(spaces);
		})
		.join('');
};

/** What is left on screen of a progress line: the last segment with text, in the colours that were open when it began. */
const lastSegment = (text: string): string => {
	const segments = text.split('\r');
	const shown = Math.max(segments.findLastIndex(segment => stripSgr(segment) !== ''), 0);
	const styles = segments.slice(0, shown).join('').match(sgr) ?? [];
	const from = styles.findLastIndex(resets);
	const closing = segments.slice(shown + 1).join('').match(sgr) ?? [];
	return [...styles.slice(Math.max(from, styles.length - 8, 0)), segments[shown], ...closing.slice(-1)].join('');
};

/**
One line of log text: SGR colours stay, everything else that could drive a terminal is dropped, `\r` shows what a terminal would be
left showing, tabs are expanded, and colours still open at the end are closed.
*/
export const coloured = (text: string): string => {
	if (!beyondAscii.test(text) || !isSuspect(text)) return text;
	let line = text.replace(sequence, match => (isSgr.test(match) ? withoutConceal(match) : ''));
	if (line.includes('\r')) line = lastSegment(line);
	if (line.includes('\t')) line = expandTabs(line);
	const styles = line.match(sgr);
	if (styles === null) return settle(line.replace(lineBreaks, ' '));
	const pieces = line.split(sgr);
	const clean = pieces.map((piece, index) => settle(piece.replace(lineBreaks, ' ')) + (styles[index] ?? '')).join('');
	return resets(styles.at(-1) ?? '') && styles.at(-1)!.length <= 4 ? clean : `${clean}\u001b[0m`;
};

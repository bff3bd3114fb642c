/** What a colour means. Names of colours are nowhere else; a word or a glyph always says the same. */
export type Tone = 'plain' | 'good' | 'bad' | 'warning' | 'muted' | 'accent' | 'strong';

/** How the screen is drawn on this terminal. */
export type Theme = {
	/** Wraps text in SGR; `plain` and a terminal without colours leave it as it is. */
	paint(tone: Tone, text: string): string;
	/** The row under the cursor: reversed where the list has the keys, bold where it has not. */
	cursor(text: string, hasFocus: boolean): string;
	/** Lit up: what a search or filter found. */
	match(text: string): string;
	/** Colours of merged logs and projects, told apart by position. */
	nth(index: number, text: string): string;
	readonly ascii: boolean;
	readonly colour: boolean;
	/** Read aloud: lines are only their words, and what colour or reverse would say is a word too. */
	readonly spoken: boolean;
	readonly border: Border;
};

export type Border = {
	readonly topLeft: string;
	readonly topRight: string;
	readonly bottomLeft: string;
	readonly bottomRight: string;
	readonly horizontal: string;
	readonly vertical: string;
};

const rounded: Border = {topLeft: '╭', topRight: '╮', bottomLeft: '╰', bottomRight: '╯', horizontal: '─', vertical: '│'};
const asciiBorder: Border = {topLeft: '+', topRight: '+', bottomLeft: '+', bottomRight: '+', horizontal: '-', vertical: '|'};

/** Only the sixteen colours that every terminal has, over its own foreground and background. */
const codes: Readonly<Record<Exclude<Tone, 'plain'>, readonly [open: string, close: string]>> = {
	good: ['32', '39'],
	bad: ['31', '39'],
	warning: ['33', '39'],
	muted: ['2', '22'],
	accent: ['36', '39'],
	strong: ['1', '22'],
};

/** Emphasis without hue: what NO_COLOR leaves. */
const hueless: ReadonlySet<Tone> = new Set(['muted', 'strong']);

const nthCodes = ['36', '33', '35', '32', '34', '96', '93', '95'] as const;

const sgr = (open: string, text: string, close: string) => `\u001B[${open}m${text}\u001B[${close}m`;

const noBorder: Border = {topLeft: ' ', topRight: ' ', bottomLeft: ' ', bottomRight: ' ', horizontal: ' ', vertical: ' '};

export type ThemeOptions = {
	readonly colour: boolean;
	readonly ascii: boolean;
	readonly spoken?: boolean;
};

/** Columns are told apart by two blanks, however far apart they stand. */
export const spokenLine = (line: string): string => line.replaceAll(/ {3,}/g, '  ').trim();

export const createTheme = ({colour, ascii, spoken = false}: ThemeOptions): Theme => ({
	paint(tone, text) {
		if (spoken || tone === 'plain' || text === '' || (!colour && !hueless.has(tone))) return text;
		const [open, close] = codes[tone];
		return sgr(open, text, close);
	},
	cursor: (text, hasFocus) => (spoken ? `selected: ${spokenLine(text)}` : hasFocus ? sgr('7', text, '27') : sgr('1', text, '22')),
	match: (text) => (spoken ? text : sgr('7', text, '27')),
	nth: (index, text) => (colour && !spoken ? sgr(nthCodes[index % nthCodes.length] as string, text, '39') : text),
	ascii: ascii || spoken,
	colour: colour && !spoken,
	spoken,
	border: spoken ? noBorder : ascii ? asciiBorder : rounded,
});

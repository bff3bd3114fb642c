import {openSgr} from '../../source/model/sgr.ts';

type Clip = {readonly x1?: number | undefined; readonly x2?: number | undefined; readonly y1?: number | undefined; readonly y2?: number | undefined};

/** `<Text>` always has one; without a colour of its own it changes nothing. */
type Transformer = (line: string, index: number) => string;

type Operation =
	| {readonly type: 'write'; readonly x: number; readonly y: number; readonly text: string; readonly transformers: readonly Transformer[]}
	| {readonly type: 'clip'; readonly clip: Clip}
	| {readonly type: 'unclip'};

/** Ink 8's `Output`: write operations in, a frame out. */
export type OutputInstance = {
	readonly width: number;
	readonly height: number;
	readonly operations: readonly Operation[];
	readonly caches: {getStringWidth(text: string): number};
	write(x: number, y: number, text: string, options: {readonly transformers: readonly Transformer[]}): void;
	clip(clip: Clip): void;
	unclip(): void;
	get(): {readonly output: string; readonly height: number};
};

export type OutputClass = new (options: {readonly width: number; readonly height: number}) => OutputInstance;

type Piece = {readonly x: number; readonly width: number; readonly text: string; readonly clip: Clip | undefined};

/** Unicode's default-ignorable characters, which take no cell: Ink leaves them out. */
const invisible = /\p{Default_Ignorable_Code_Point}/u;

/** Nothing for Ink to mend: every style that it opens it closes, and every character is seen. That is what our painters make. */
const isFinished = (text: string): boolean => !invisible.test(text) && (!text.includes('\u001B') || openSgr(text).size === 0);

/** What is known of a text for good: how wide it is, and how Ink writes it. Forgotten as a whole when there is too much of it. */
const most = 4000;

const tighter = (a: number | undefined, b: number | undefined, choose: (a: number, b: number) => number): number | undefined =>
	a === undefined ? b : b === undefined ? a : choose(a, b);

const within = (outer: Clip | undefined, inner: Clip): Clip =>
	outer === undefined
		? inner
		: {
				x1: tighter(outer.x1, inner.x1, Math.max),
				x2: tighter(outer.x2, inner.x2, Math.min),
				y1: tighter(outer.y1, inner.y1, Math.max),
				y2: tighter(outer.y2, inner.y2, Math.min),
			};

/**
Ink's renderer puts every frame together cell by cell: 120 × 40 cells with their styles, for a screen whose lines are finished strings side
by side. This one joins the strings of a line where they do not overlap, and leaves to Ink what needs cells: lines that a dialog covers,
text that is cut by a clip, text of several lines. What each string looks like when Ink writes it is asked of Ink, once.
*/
export const rowOutput = (Original: OutputClass): OutputClass => {
	const widths = new Map<string, number>();
	const written = new Map<string, string>();

	const widthOf = (text: string, output: OutputInstance): number => {
		let width = widths.get(text);
		if (width === undefined) {
			if (widths.size >= most) widths.clear();
			width = output.caches.getStringWidth(text);
			widths.set(text, width);
		}
		return width;
	};

	/** As Ink writes it: closed, without invisible characters, padded back to its width: Ink trims a line's end. */
	const asWritten = (text: string, width: number): string => {
		if (isFinished(text)) return text;
		let known = written.get(text);
		if (known === undefined) {
			if (written.size >= most) written.clear();
			const one = new Original({width, height: 1});
			one.write(0, 0, text, {transformers: []});
			const {output} = one.get();
			known = output + ' '.repeat(Math.max(0, width - one.caches.getStringWidth(output)));
			written.set(text, known);
		}
		return known;
	};

	const byCells = (pieces: readonly Piece[], width: number): string => {
		const one = new Original({width, height: 1});
		for (const {x, text, clip} of pieces) {
			if (clip !== undefined) one.clip({x1: clip.x1, x2: clip.x2});
			one.write(x, 0, text, {transformers: []});
			if (clip !== undefined) one.unclip();
		}
		return one.get().output;
	};

	/** Undefined where strings meet or leave the line. */
	const joined = (pieces: readonly Piece[], width: number): string | undefined => {
		let line = '';
		let at = 0;
		const ordered = pieces.length < 2 ? pieces : [...pieces].sort((a, b) => a.x - b.x);
		for (const {x, width: wide, text, clip} of ordered) {
			if (x < at || x + wide > width) return undefined;
			if (clip !== undefined && (x < (clip.x1 ?? 0) || x + wide > (clip.x2 ?? width))) return undefined;
			line += ' '.repeat(x - at) + asWritten(text, wide);
			at = x + wide;
		}
		return line.trimEnd();
	};

	return class extends Original {
		override get() {
			const rows: Piece[][] = Array.from({length: this.height}, () => []);
			const clips: Clip[] = [];
			for (const operation of this.operations) {
				if (operation.type === 'clip') clips.push(within(clips.at(-1), operation.clip));
				else if (operation.type === 'unclip') clips.pop();
				else {
					const {x, y, transformers} = operation;
					if (operation.text.includes('\n')) return super.get();
					const text = transformers.reduce((line, transform) => transform(line, 0), operation.text);
					const clip = clips.at(-1);
					const isOutside = clip !== undefined && (y < (clip.y1 ?? 0) || y >= (clip.y2 ?? this.height) || (clip.x1 ?? 0) >= (clip.x2 ?? this.width));
					if (!isOutside) rows[y]?.push({x, width: widthOf(text, this), text, clip});
				}
			}
			return {output: rows.map((pieces) => joined(pieces, this.width) ?? byCells(pieces, this.width)).join('\n'), height: this.height};
		}
	};
};

const blocks = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'] as const;
const asciiBlocks = ['_', '.', '-', '=', '+', '*', '%', '#'] as const;

export type SparklineOptions = {
	/** Cells; the newest values stay, at the right edge. */
	readonly width: number;
	/** The value that fills the cell; the largest shown value when absent. */
	readonly max?: number;
	readonly ascii?: boolean;
};

/** Exactly `width` cells. A value that is not a number (a gap) is a blank; zero is the lowest bar, so that "idle" differs from "unknown". */
export const sparkline = (values: readonly number[], {width, max, ascii = false}: SparklineOptions): string => {
	const shown = width > 0 ? values.slice(-width) : [];
	const top = max ?? shown.reduce((highest, value) => (value > highest ? value : highest), 0);
	const glyphs = ascii ? asciiBlocks : blocks;
	const bars = shown.map(value => {
		if (!Number.isFinite(value)) return ' ';
		const level = top > 0 ? Math.ceil((value / top) * glyphs.length) - 1 : 0;
		return glyphs[Math.max(0, Math.min(glyphs.length - 1, level))];
	});
	return bars.join('').padStart(Math.max(0, width), ' ');
};

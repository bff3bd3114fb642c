export type FuzzyMatch = {
	/** Higher is better; only comparable between texts for one pattern. */
	readonly score: number;
	/** UTF-16 indexes of the matched characters, ascending. */
	readonly positions: readonly number[];
};

/** The matrix is pattern × text, so both are bounded; what lies beyond is not looked at. */
const longestPattern = 64;
const longestText = 1024;

const hit = 16;
const adjacent = 12;
const wordStart = 10;
const textStart = 6;
const exactCase = 1;
const gapOpen = -3;
const gapExtend = -1;

const isBoundary = (text: string, index: number): boolean => {
	if (index === 0) return true;
	const before = text[index - 1] ?? '';
	const here = text[index] ?? '';
	if (!/[\p{L}\p{N}]/u.test(before)) return true;
	return /\p{Ll}/u.test(before) && /\p{Lu}/u.test(here);
};

/**
Do the characters of `pattern` occur in `text` in this order, and where best? Smith–Waterman as in fzf: neighbours and starts of words
count extra, gaps cost. Smart case: a pattern with a capital letter is matched exactly.
*/
export const fuzzyMatch = (pattern: string, text: string): FuzzyMatch | undefined => {
	const wanted = pattern.slice(0, longestPattern);
	if (wanted === '') return {score: 0, positions: []};
	const exact = wanted !== wanted.toLowerCase();
	const source = text.slice(0, longestText);
	// Lower case may have another length (İ); then positions would be off, so such a text is matched as it is.
	const lower = source.toLowerCase();
	const hay = exact || lower.length !== source.length ? source : lower;
	if (!isSubsequence(wanted, hay)) return undefined;

	const columns = hay.length;
	const scores: Float64Array[] = [];
	const runs: Uint8Array[] = [];
	for (let row = 0; row < wanted.length; row++) {
		const ending = new Float64Array(columns).fill(Number.NEGATIVE_INFINITY);
		const joined = new Uint8Array(columns);
		const above = scores[row - 1];
		let reach = Number.NEGATIVE_INFINITY;
		for (let column = row; column < columns; column++) {
			if (above !== undefined && column >= 2) reach = Math.max(reach + gapExtend, (above[column - 2] ?? Number.NEGATIVE_INFINITY) + gapOpen);
			if (hay[column] !== wanted[row]) continue;
			let own = hit + (isBoundary(source, column) ? wordStart : 0) + (column === 0 ? textStart : 0);
			if (source[column] === pattern[row]) own += exactCase;
			if (above === undefined) {
				ending[column] = own;
				continue;
			}
			const neighbour = column >= 1 ? (above[column - 1] ?? Number.NEGATIVE_INFINITY) + adjacent : Number.NEGATIVE_INFINITY;
			ending[column] = own + Math.max(neighbour, reach);
			joined[column] = neighbour >= reach ? 1 : 0;
		}
		scores.push(ending);
		runs.push(joined);
	}
	return trace(scores, runs, columns);
};

const isSubsequence = (pattern: string, text: string): boolean => {
	let from = 0;
	for (const unit of pattern.split('')) {
		from = text.indexOf(unit, from) + 1;
		if (from === 0) return false;
	}
	return true;
};

const bestIn = (row: Float64Array, limit: number, cost: (column: number) => number): number => {
	let best = -1;
	let bestScore = Number.NEGATIVE_INFINITY;
	for (let column = 0; column < limit; column++) {
		const score = (row[column] ?? Number.NEGATIVE_INFINITY) + cost(column);
		if (score > bestScore) {
			best = column;
			bestScore = score;
		}
	}
	return best;
};

/** Walks back from the best end: to the neighbour when that was the better way there, else to the best column before a gap. */
const trace = (scores: readonly Float64Array[], runs: readonly Uint8Array[], columns: number): FuzzyMatch => {
	const last = scores.length - 1;
	let column = bestIn(scores[last] as Float64Array, columns, () => 0);
	const score = scores[last]?.[column] ?? 0;
	const positions = [column];
	for (let row = last; row > 0; row--) {
		const at = column;
		column = runs[row]?.[at] === 1 ? at - 1 : bestIn(scores[row - 1] as Float64Array, at - 1, from => gapOpen + gapExtend * (at - from - 2));
		positions.unshift(column);
	}
	return {score, positions};
};

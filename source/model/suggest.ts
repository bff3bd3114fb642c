/** Edit distance, with two neighbours exchanged counted as one slip. */
const distance = (a: string, b: string): number => {
	let beforeLast: number[] = [];
	let last = Array.from({length: b.length + 1}, (_, at) => at);
	for (let i = 1; i <= a.length; i++) {
		const row = [i];
		for (let j = 1; j <= b.length; j++) {
			const same = a[i - 1] === b[j - 1];
			let cost = Math.min((last[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, (last[j - 1] ?? 0) + (same ? 0 : 1));
			if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) cost = Math.min(cost, (beforeLast[j - 2] ?? 0) + 1);
			row.push(cost);
		}
		beforeLast = last;
		last = row;
	}
	return last[b.length] ?? 0;
};

/** The known word that was probably meant: at most two slips, and fewer than half of the letters. */
export const nearest = (word: string, known: Iterable<string>): string | undefined => {
	const [best] = [...known]
		.map(candidate => ({candidate, slips: candidate.startsWith(word) && word.length > 1 ? 1 : distance(word, candidate)}))
		.filter(({candidate, slips}) => slips <= 2 && slips * 2 < Math.max(word.length, candidate.length))
		.sort((a, b) => a.slips - b.slips);
	return best?.candidate;
};

export const didYouMean = (word: string, known: Iterable<string>, prefix = ''): string | undefined => {
	const meant = nearest(word, known);
	return meant === undefined ? undefined : `did you mean ${prefix}${meant}?`;
};

import {median} from './statistics.ts';

export type Turns<T> = {readonly ours: readonly T[]; readonly theirs: readonly T[]};

/** Both sides of a comparison, by turns: the first of one round is the second of the next. */
export const byTurns = async <T>(rounds: number, ours: () => Promise<T>, theirs: () => Promise<T>): Promise<Turns<T>> => {
	const found: {readonly ours: T[]; readonly theirs: T[]} = {ours: [], theirs: []};
	for (let round = 0; round < rounds; round++) {
		const both = [async () => void found.ours.push(await ours()), async () => void found.theirs.push(await theirs())];
		for (const one of round % 2 === 0 ? both : both.reverse()) await one();
	}
	return found;
};

/** The median of the pairs' ratios: a neighbour that takes the processors for a while hits both of a pair. */
export const pairwise = (ours: readonly number[], theirs: readonly number[]): number => median(ours.map((value, at) => value / (theirs[at] ?? Number.NaN)));

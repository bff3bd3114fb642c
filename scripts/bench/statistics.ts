const sorted = (values: readonly number[]): readonly number[] => values.toSorted((a, b) => a - b);

/** The value that a share of all values does not exceed, by nearest rank. */
export const quantile = (values: readonly number[], share: number): number => {
	const all = sorted(values);
	return all[Math.max(0, Math.ceil(share * all.length) - 1)] ?? Number.NaN;
};

export const median = (values: readonly number[]): number => {
	const all = sorted(values);
	const middle = Math.floor(all.length / 2);
	return all.length % 2 === 1 ? (all[middle] ?? Number.NaN) : ((all[middle - 1] ?? Number.NaN) + (all[middle] ?? Number.NaN)) / 2;
};

const short = (value: number): number => Number(value.toPrecision(4));

export type Spread = {readonly median: number; readonly least: number; readonly most: number; readonly count: number};

export const spread = (values: readonly number[]): Spread => ({
	median: short(median(values)),
	least: short(Math.min(...values)),
	most: short(Math.max(...values)),
	count: values.length,
});

/** A against B, measured by turns: the median of all and how far single pairs went. */
export const ratio = (a: readonly number[], b: readonly number[]): Spread => ({
	...spread(a.map((value, index) => value / (b[index] ?? Number.NaN))),
	median: short(median(a) / median(b)),
});

/** One measured number beside what was promised. */
export type Figure = {
	readonly name: string;
	readonly value: number;
	readonly unit: string;
	readonly budget: number;
	/** Whether the budget is a ceiling or a floor. */
	readonly bound: 'at most' | 'at least';
	readonly met: boolean;
	/** One sentence. */
	readonly how: string;
	/** What stands behind the number: spreads, parts, counts. */
	readonly details: Readonly<Record<string, unknown>>;
};

export type FigureInput = Omit<Figure, 'met' | 'bound' | 'details'> & {readonly bound?: Figure['bound']; readonly details?: Figure['details']};

const rounded = (value: number): number => Number(value.toPrecision(4));

/** The verdict looks at the number as it is printed: 1.5004 printed as 1.5 would contradict its own line. */
export const figure = ({bound = 'at most', details = {}, ...rest}: FigureInput): Figure => {
	const value = rounded(rest.value);
	const met = Number.isFinite(value) && (bound === 'at most' ? value <= rest.budget : value >= rest.budget);
	return {...rest, value, bound, met, details};
};

/** A gate for work of which only so much may be under way; the others wait in the order in which they came. */
export const createTurns = (atOnce: number): (<Result>(work: () => Promise<Result>) => Promise<Result>) => {
	let free = atOnce;
	const waiting: Array<() => void> = [];
	return async work => {
		if (free === 0) await new Promise<void>(resolve => waiting.push(resolve));
		else free--;
		try {
			return await work();
		} finally {
			const next = waiting.shift();
			if (next === undefined) free++;
			else next();
		}
	};
};

import {setImmediate as nextTurn} from 'node:timers/promises';

/** One operation that takes longer was not answered out of memory. */
const slowMs = 3;

/** So many are then left to the thread pool, before one is tried again. */
const patience = 200;

/** What goes on at once is interrupted for everything else after this long. */
const turnMs = 8;

export type Pace = {
	/** Whether to do the next operation at once. */
	isQuick(): boolean;
	/** Do it at once, and learn how long that takes. */
	atOnce<Value>(work: () => Value): Value;
	/** Between operations: lets others have their turn when it is time. */
	breathe(): Promise<void>;
};

/**
Twenty thousand small files cost more in going to the thread pool and back than in being read, as long as they are in the page cache; on
a cold or distant disk each of them would hold everything else. So both ways are there, and how long the last one took decides.
*/
export const createPace = (now: () => number = () => performance.now()): Pace => {
	let pooled = 0;
	let since = now();
	return {
		isQuick: () => {
			if (pooled === 0) return true;
			pooled -= 1;
			return false;
		},
		atOnce: work => {
			const start = now();
			try {
				return work();
			} finally {
				if (now() - start > slowMs) pooled = patience;
			}
		},
		breathe: async () => {
			if (now() - since < turnMs) return;
			await nextTurn();
			since = now();
		},
	};
};

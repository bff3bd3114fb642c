import {setTimeout as delay} from 'node:timers/promises';

/** Time as an argument, so that a test needs not wait for it. */
export type Clock = {
	/** Epoch ms. */
	now(): number;
	/** Rejects with an AbortError when `signal` aborts. */
	sleep(ms: number, signal?: AbortSignal): Promise<void>;
};

export const systemClock: Clock = {
	now: () => Date.now(),
	sleep: async (ms, signal) => {
		await delay(ms, undefined, signal === undefined ? {} : {signal});
	},
};

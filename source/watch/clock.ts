import {setTimeout as delay} from 'node:timers/promises';

/** Time as an argument, so that tests decide when it passes. */
export type Clock = {
	now(): number;
	/** Rejects with an AbortError when the signal aborts first. */
	sleep(ms: number, signal?: AbortSignal): Promise<void>;
};

export const realClock: Clock = {
	now: Date.now,
	sleep: async (ms, signal) => {
		await delay(ms, undefined, signal === undefined ? {} : {signal});
	},
};

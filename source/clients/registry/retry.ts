import {setTimeout as wait} from 'node:timers/promises';
import {isPassing, troubleOf} from './trouble.ts';
import type {Retry} from './types.ts';

const firstMs = 250;
const longestMs = 15_000;
/** A registry that asks for more patience than this is told to the user instead of being waited for. */
const mostPatienceMs = 60_000;

export const defaultRetry: Retry = {
	most: 5,
	sleep: async (milliseconds, signal) => {
		await wait(milliseconds, undefined, signal === undefined ? {} : {signal});
	},
	random: Math.random,
};

/** How long to wait before the try after `failures` in a row; undefined: give up. What the registry asks for is the least it gets. */
export const pauseMs = (error: unknown, failures: number, {most, random}: Retry): number | undefined => {
	if (failures >= most || !isPassing(error)) return undefined;
	const asked = troubleOf(error)?.retryAfterMs ?? 0;
	if (asked > mostPatienceMs) return undefined;
	return Math.max(asked, Math.min(longestMs, firstMs * 2 ** (failures - 1)) * (0.5 + random() / 2));
};

export const retrying = async <Value>(retry: Retry, signal: AbortSignal | undefined, attempt: () => Promise<Value>): Promise<Value> => {
	for (let failures = 1; ; failures++) {
		try {
			return await attempt();
		} catch (error) {
			const pause = signal?.aborted === true ? undefined : pauseMs(error, failures, retry);
			if (pause === undefined) throw error;
			await retry.sleep(pause, signal);
		}
	}
};

/** Seconds, or a date. */
export const retryAfterMs = (value: string | undefined, now: number): number | undefined => {
	if (value === undefined) return undefined;
	const milliseconds = /^\d+$/.test(value.trim()) ? Number(value) * 1000 : Date.parse(value) - now;
	return Number.isFinite(milliseconds) ? Math.max(0, milliseconds) : undefined;
};

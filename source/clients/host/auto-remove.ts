import {readFile, stat} from 'node:fs/promises';
import {isLocked} from './flock.ts';
import {isMissing} from './missing.ts';

/** What the state directory tells of a container that is to go when it ends, and for which its log driver is to see to that. */
export type AutoRemoval = {
	/** When its log driver was started for the first time. Epoch ms. */
	readonly startedAt: number;
	/** Its log driver lives, and holds the lock on `logger-lock`. */
	readonly isDriven: boolean;
};

/** Undefined when it is not to be removed by anybody, or was never started. */
export const readAutoRemoval = async (stateDir: string): Promise<AutoRemoval | undefined> => {
	const lock = `${stateDir}/logger-lock`;
	try {
		await stat(`${stateDir}/auto-remove.json`);
		const {mtimeMs} = await stat(lock);
		return {startedAt: mtimeMs, isDriven: await isLocked(lock)};
	} catch (error) {
		if (isMissing(error)) return undefined;
		throw error;
	}
};

/** When this machine was booted: `btime` of /proc/stat, whole seconds since the epoch. Answers epoch ms. */
export const readBootTime = async (path = '/proc/stat'): Promise<number> => {
	const seconds = /^btime (\d+)$/m.exec(await readFile(path, 'utf8'))?.[1];
	return Number(seconds ?? 0) * 1000;
};

import {spawn} from 'node:child_process';
import {open, readFile, stat} from 'node:fs/promises';
import {isMissing} from './missing.ts';

/** What the state directory tells of a container that is to go when it ends, and for which its log driver is to see to that. */
export type AutoRemoval = {
	/** When its log driver was started for the first time. Epoch ms. */
	readonly startedAt: number;
	/** Its log driver lives, and holds the lock on `logger-lock`. */
	readonly isDriven: boolean;
};

/** Node has no flock, and /proc/locks names inodes only; what util-linux's program answers is the kernel's own word. What can't be asked counts as held. */
const isHeld = async (path: string): Promise<boolean> => {
	const handle = await open(path, 'r');
	try {
		return await new Promise<boolean>(resolve => {
			const child = spawn('flock', ['--exclusive', '--nonblock', '3'], {stdio: ['ignore', 'ignore', 'ignore', handle.fd]});
			child.once('error', () => resolve(true));
			child.once('exit', code => resolve(code !== 0));
		});
	} finally {
		await handle.close();
	}
};

/** Undefined when it is not to be removed by anybody, or was never started. */
export const readAutoRemoval = async (stateDir: string): Promise<AutoRemoval | undefined> => {
	const lock = `${stateDir}/logger-lock`;
	try {
		await stat(`${stateDir}/auto-remove.json`);
		const {mtimeMs} = await stat(lock);
		return {startedAt: mtimeMs, isDriven: await isHeld(lock)};
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

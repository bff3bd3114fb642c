import {appendFile, open, rename, stat, writeFile} from 'node:fs/promises';
import process from 'node:process';
import {withDirectoryLock, withLock} from './flock.ts';
import {isMissing} from './missing.ts';
import {readHealth} from './records.ts';
import type {HealthResult, HostSignal} from './types.ts';

/** nerdctl lets the file grow for ever; beyond this only the last results are kept, of which it shows five. */
const mostBytes = 4 * 1024 * 1024;
const kept = 20;

/** As Go writes it: without zeros at the end. */
const timeText = (at: number | undefined): string => new Date(at ?? 0).toISOString().replace(/(?:\.0+|(\.\d*?)0+)Z$/, '$1Z');

/** nerdctl's names in Go. */
const lineOf = ({startedAt, endedAt, exitCode, output}: HealthResult): string =>
	`${JSON.stringify({Start: timeText(startedAt), End: timeText(endedAt), ExitCode: exitCode, Output: output})}\n`;

/** Not the operation lock: a probe may take half a minute, and a removal must not wait for it. */
export const withHealthLock = async <T>(stateDir: string, run: () => Promise<T>, options?: HostSignal): Promise<T> =>
	(await isThere(stateDir)) ? withDirectoryLock(`${stateDir}/health-lock`, run, options) : run();

export const appendHealth = async (stateDir: string, result: HealthResult): Promise<void> => {
	const path = `${stateDir}/health.json`;
	try {
		await withLock(stateDir, async () => {
			await appendFile(path, lineOf(result), {mode: 0o600});
			if ((await stat(path)).size <= mostBytes) return;
			const temporary = `${path}.${process.pid}`;
			await writeFile(temporary, (await readHealth(stateDir, kept)).map(lineOf).join(''), {mode: 0o600});
			await rename(temporary, path);
		});
	} catch (error) {
		// Removed meanwhile, or never nerdctl's.
		if (!isMissing(error)) throw error;
	}
};

const isThere = async (path: string): Promise<boolean> => {
	try {
		await (await open(path)).close();
		return true;
	} catch (error) {
		if (isMissing(error)) return false;
		throw error;
	}
};

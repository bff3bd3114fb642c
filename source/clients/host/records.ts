import {open, readFile} from 'node:fs/promises';
import type {HealthResult, Lifecycle} from './types.ts';
import {isMissing} from './missing.ts';

/** nerdctl writes it in the createRuntime hook: when the container last started, and whether that failed half-way. */
export const readLifecycle = async (stateDir: string): Promise<Lifecycle | undefined> => {
	try {
		const fields = asObject(JSON.parse(await readFile(`${stateDir}/lifecycle.json`, 'utf8')));
		return {startedAt: timeOf(fields['started_at']), createError: fields['create_error'] === true};
	} catch (error) {
		if (isMissing(error) || error instanceof SyntaxError) return undefined;
		throw error;
	}
};

/** nerdctl keeps at most 1 MiB of output per probe; one tail is enough for the few that anybody looks at. */
const tailBytes = 2 * 1024 * 1024;

export const readHealth = async (stateDir: string, count = 5): Promise<readonly HealthResult[]> => {
	let handle;
	try {
		handle = await open(`${stateDir}/health.json`, 'r');
	} catch (error) {
		if (isMissing(error)) return [];
		throw error;
	}
	try {
		const {size} = await handle.stat();
		const from = Math.max(0, size - tailBytes);
		const buffer = Buffer.alloc(Math.min(size, tailBytes));
		const {bytesRead} = await handle.read(buffer, 0, buffer.length, from);
		return parseHealth(buffer.toString('utf8', 0, bytesRead)).slice(-count);
	} finally {
		await handle.close();
	}
};

/** One JSON object per line. A first line that the tail cut, or a last one that is being written, is left out. */
export const parseHealth = (text: string): HealthResult[] =>
	text.split('\n').flatMap(line => {
		if (line.trim() === '') return [];
		try {
			const fields = asObject(JSON.parse(line));
			return [
				{
					startedAt: timeOf(fields['Start']),
					endedAt: timeOf(fields['End']),
					exitCode: Number(fields['ExitCode'] ?? 0),
					output: String(fields['Output'] ?? ''),
				},
			];
		} catch {
			return [];
		}
	});

const asObject = (value: unknown): Record<string, unknown> =>
	typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};

/** Go's zero time is the year 1: not a time. */
const timeOf = (value: unknown): number | undefined => {
	const at = typeof value === 'string' ? Date.parse(value) : Number.NaN;
	return Number.isNaN(at) || at <= 0 ? undefined : at;
};

import {readFileSync, renameSync, rmSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';

export type Lifecycle = {readonly started_at: string; readonly create_error: boolean};

/** Go's zero time. */
const never = '0001-01-01T00:00:00Z';

const pathIn = (stateDir: string): string => join(stateDir, 'lifecycle.json');

export const readLifecycle = (stateDir: string): Lifecycle => {
	try {
		const {started_at: startedAt, create_error: createError} = JSON.parse(readFileSync(pathIn(stateDir), 'utf8')) as Record<string, unknown>;
		return {started_at: typeof startedAt === 'string' ? startedAt : never, create_error: createError === true};
	} catch {
		return {started_at: never, create_error: false};
	}
};

/** nerdctl takes a lock on the directory to write this; whole files by rename need none, and only the hooks write it. */
export const writeLifecycle = (stateDir: string, lifecycle: Lifecycle): void => {
	const temporary = `${pathIn(stateDir)}.${process.pid}`;
	try {
		writeFileSync(temporary, JSON.stringify(lifecycle), {mode: 0o600});
		renameSync(temporary, pathIn(stateDir));
	} catch (error) {
		rmSync(temporary, {force: true});
		throw error;
	}
};

import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import type {LifecycleFile} from '../../clients/host/write-lifecycle.ts';

export {writeLifecycle} from '../../clients/host/write-lifecycle.ts';

/** Go's zero time. */
const never = '0001-01-01T00:00:00Z';

export const readLifecycle = (stateDir: string): LifecycleFile => {
	try {
		const {started_at: startedAt, create_error: createError} = JSON.parse(readFileSync(join(stateDir, 'lifecycle.json'), 'utf8')) as Record<string, unknown>;
		return {started_at: typeof startedAt === 'string' ? startedAt : never, create_error: createError === true};
	} catch {
		return {started_at: never, create_error: false};
	}
};

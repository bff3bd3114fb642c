import {userInfo} from 'node:os';
import process from 'node:process';
import {resolve} from 'node:path';
import {isRemoteContext} from '../../model/build-flags.ts';
import type {BuildRun} from '../../model/build-run.ts';
import type {BuildRequest} from '../builds/types.ts';
import {processStart} from '../../clients/host/process-start.ts';
import type {BuildAbout} from './types.ts';

const userName = (): string => {
	try {
		return userInfo().username;
	} catch {
		// An id without an entry among the users.
		return String(process.getuid?.() ?? '');
	}
};

/** What is known of a build before anybody has said a word. */
export const begunRun = (id: string, {address, namespace, context, dockerfile, workingFolder, tags, flags}: BuildRequest, {by, order}: BuildAbout, now: number): BuildRun => ({
	...{id, by, order, address, namespace, user: userName(), pid: process.pid, pidSince: processStart(process.pid)},
	context: context === '-' || isRemoteContext(context) ? context : resolve(workingFolder, context),
	dockerfile: dockerfile === undefined ? '' : typeof dockerfile === 'string' ? resolve(workingFolder, dockerfile) : '-',
	...{target: flags.target ?? '', tags, startedAt: now, endedAt: undefined, outcome: 'running', failure: undefined, digest: undefined},
	counts: {total: 0, completed: 0, cached: 0, warnings: 0},
});

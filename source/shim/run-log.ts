import {closeSync, rmSync, writeSync} from 'node:fs';
import {join} from 'node:path';
import {openContainerLog} from '../clients/json-log/index.ts';
import {tellStart} from '../clients/host/write-lifecycle.ts';
import {watchInitProcess} from './init-process.ts';
import {driveLog} from './log-driver.ts';

const readyFd = 5;

const tellReady = (): void => {
	try {
		// Newer shims want a byte, older ones take the end of the stream for it.
		writeSync(readyFd, '\0');
		closeSync(readyFd);
	} catch {
		// Started by hand, without a shim waiting.
	}
};

/** A container in the foreground writes to FIFOs in a folder, and whoever watched it has gone away in the middle of a character of either. */
export type Orphaned = {readonly folder: string; readonly begun: readonly [stdout: Uint8Array, stderr: Uint8Array]};

/**
The log of one container, whose streams are descriptors 3 and 4. The container is in the environment. The lock that tells log viewers "the
logger still writes" is held by the shell that starts this program (see the launcher in clients/host), and so by us until we exit.
*/
export const runLog = async (dataStore: string, orphaned: Orphaned | undefined): Promise<void> => {
	const {CONTAINER_ID: id, CONTAINER_NAMESPACE: namespace} = process.env;
	if (!id || !namespace) throw new Error('CONTAINER_ID and CONTAINER_NAMESPACE are not set: this program is started by containerd');
	const stateDir = join(dataStore, 'containers', namespace, id);
	const log = openContainerLog(stateDir, id);
	// Who started a container in the foreground has told it.
	if (orphaned === undefined) tellStart(stateDir);
	const [out, err] = orphaned?.begun ?? [];
	const streams = {stdout: {fd: 3, ...(out === undefined ? {} : {begun: out})}, stderr: {fd: 4, ...(err === undefined ? {} : {begun: err})}};
	const driver = driveLog(streams, log, watchInitProcess(process.cwd(), id));
	process.on('SIGTERM', driver.drain);
	if (orphaned === undefined) tellReady();
	await driver.ended;
	process.off('SIGTERM', driver.drain);
	if (orphaned !== undefined) rmSync(orphaned.folder, {recursive: true, force: true});
	// Loading what starts processes takes Node longer than a container should wait for its log.
	await (await import('./auto-remove.ts')).removeAfterwards(stateDir);
};

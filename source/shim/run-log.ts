import {rmSync} from 'node:fs';
import {join} from 'node:path';
import {watchInitProcess} from './init-process.ts';
import {tellStart} from '../clients/host/write-lifecycle.ts';
import {encodeEntry, formatTime} from './json-entry.ts';
import {openListener} from './listener.ts';
import {readLogConfig} from './log-config.ts';
import {driveLog} from './log-driver.ts';
import {openRotatingFile} from './rotating-file.ts';

/** In the log, where those look who miss the lines. */
const lostRecord = (count: number): string =>
	encodeEntry(`[gantry: ${count} log ${count === 1 ? 'line' : 'lines'} could not be written]\n`, 'stderr', formatTime(performance.timeOrigin + performance.now()));

/**
What containerd's shim starts for a container with `binary://<this>?log=<data store>`: the key and the value of the query are the
arguments, the container is in the environment, its streams are descriptors 3 and 4. The lock that tells log viewers "the logger still
writes" is taken by the shell that starts this program (see the launcher in clients/host) and is held until we exit.

A container in the foreground writes to FIFOs in `fifos`. Who started it then starts us on them, and listens at 6 and 7: so the log is whole
and the container is never blocked, whatever becomes of the listener.
*/
export const runLog = async (dataStore: string, fifos: string | undefined): Promise<void> => {
	const {CONTAINER_ID: id, CONTAINER_NAMESPACE: namespace} = process.env;
	if (!id || !namespace) throw new Error('CONTAINER_ID and CONTAINER_NAMESPACE are not set: this program is started by containerd');
	const stateDir = join(dataStore, 'containers', namespace, id);
	const config = readLogConfig(stateDir, id);
	const log = config.driver === 'none' ? undefined : openRotatingFile({...config, lostRecord});
	const listeners = fifos === undefined ? undefined : {stdout: openListener(6), stderr: openListener(7)};
	// Who starts a container in the foreground starts us before there is a task, and tells it later.
	if (fifos === undefined) tellStart(stateDir);
	await driveLog({stdout: 3, stderr: 4, ready: 5}, log, watchInitProcess(process.cwd(), id), listeners);
	if (fifos !== undefined) rmSync(fifos, {recursive: true, force: true});
	const isWatched = listeners !== undefined && (await Promise.all([listeners.stdout.end(), listeners.stderr.end()])).includes(true);
	// Loading what starts processes takes Node longer than a container should wait for its log.
	if (!isWatched) (await import('./auto-remove.ts')).removeAfterwards(stateDir);
};

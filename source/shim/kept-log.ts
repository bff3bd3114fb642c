import {closeSync} from 'node:fs';
import {dirname} from 'node:path';
import {tellStart} from '../clients/host/write-lifecycle.ts';
import {openContainerLog, readLogConfig} from '../clients/json-log/index.ts';
import {watchInitProcess} from './init-process.ts';
import type {KeeperClient} from './keeper-client.ts';
import {driveLog} from './log-driver.ts';

export type KeptLog = {
	/** Its shim waits for the end of its log driver. */
	drain(): void;
};

/** One container's log among others'. Throws when it can't be kept here; then nothing was read. */
export const keepLog = (client: KeeperClient, isNew: boolean, onEnd: () => void): KeptLog => {
	const {id, stateDir} = client;
	// A path of its own may be on a disk that hangs, for which no other container should wait.
	if (dirname(readLogConfig(stateDir, id).path) !== stateDir) throw new Error(`the log of ${id} is elsewhere than the others`);
	const log = openContainerLog(stateDir, id);
	const opened: number[] = [];
	try {
		opened.push(client.open(3));
		opened.push(client.open(4));
	} catch (error) {
		for (const fd of opened) closeSync(fd);
		log.close();
		throw error;
	}
	const [stdout, stderr] = opened as [number, number];
	const driver = driveLog({stdout: {fd: stdout}, stderr: {fd: stderr}}, log, watchInitProcess(client.bundle, id));
	if (isNew) tellStart(stateDir);
	client.tellReady();
	const finish = async (): Promise<void> => {
		await driver.ended;
		onEnd();
		client.dismiss();
		await (await import('./auto-remove.ts')).removeAfterwards(stateDir);
	};
	void finish();
	return {drain: driver.drain};
};

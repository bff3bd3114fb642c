import {type ChildProcess, spawn} from 'node:child_process';
import {closeSync, openSync, readFileSync} from 'node:fs';
import {until} from './processes.ts';

export type LabDaemon = {
	log(): string;
	/** Only the daemon; the lab's own end takes what is left. */
	kill(signal?: NodeJS.Signals): Promise<void>;
};

type Started = {
	readonly name: string;
	readonly binary: string;
	readonly args: readonly string[];
	readonly logFile: string;
	readonly isReady: () => Promise<boolean>;
};

/** A daemon in a lab's folder: what has a path under it in its arguments goes with the lab, if we do not come to stop it. */
export const startDaemon = async ({name, binary, args, logFile, isReady}: Started): Promise<LabDaemon> => {
	const out = openSync(logFile, 'a');
	const child: ChildProcess = spawn(binary, args, {
		detached: true,
		stdio: ['ignore', out, out],
		env: {...process.env, PATH: `${process.env['PATH'] ?? ''}:/usr/sbin:/sbin`},
	});
	closeSync(out);
	child.unref();
	const log = (): string => readFileSync(logFile, 'utf8');
	const ended = new Promise<void>(resolve => {
		child.once('exit', () => resolve());
		child.once('error', () => resolve());
	});
	const isGone = (): boolean => child.pid === undefined || child.exitCode !== null || child.signalCode !== null;
	const kill = async (signal: NodeJS.Signals = 'SIGKILL'): Promise<void> => {
		if (isGone()) return;
		child.ref();
		child.kill(signal);
		await ended;
	};

	const isUp = await until(async () => isGone() || isReady(), 30_000);
	if (!isUp || isGone()) {
		await kill();
		throw new Error(`${name} did not start: ${log().slice(-1500)}`);
	}

	return {log, kill};
};

import {setTimeout as delay} from 'node:timers/promises';
import {cpuSeconds} from './process-cost.ts';
import type {Terminal} from './terminal.ts';

export type Window = {readonly seconds: number; readonly cpuPercent: number; readonly bytesPerSecond: number; readonly bytes: number};

/** What a program costs while nobody touches it. */
export const watchAtRest = async (terminal: Terminal, seconds: number): Promise<Window> => {
	const [beganAt, cpu, bytes] = [performance.now(), cpuSeconds(terminal.pid), terminal.bytes()];
	await delay(seconds * 1000);
	const elapsed = (performance.now() - beganAt) / 1000;
	const sent = terminal.bytes() - bytes;
	return {seconds: elapsed, cpuPercent: ((cpuSeconds(terminal.pid) - cpu) / elapsed) * 100, bytesPerSecond: sent / elapsed, bytes: sent};
};

export const pause = async (ms: number): Promise<void> => {
	await delay(ms);
};

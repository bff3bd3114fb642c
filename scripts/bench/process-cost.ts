import {readdirSync, readFileSync} from 'node:fs';

/**
Processor time of all threads since the start, in seconds. `schedstat` counts nanoseconds where `stat` counts ticks of 10 ms, three of
which would be the whole budget of an idle dashboard. A thread that ends takes its count along; a dashboard's threads don't end.
*/
export const cpuSeconds = (pid: number): number => {
	let nanoseconds = 0;
	for (const thread of readdirSync(`/proc/${pid}/task`)) nanoseconds += Number(readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'utf8').split(' ')[0]);
	return nanoseconds / 1e9;
};

/** Resident memory in MB (10⁶ bytes), and the most there ever was. */
export const residentMegabytes = (pid: number): {readonly now: number; readonly peak: number} => {
	const status = readFileSync(`/proc/${pid}/status`, 'utf8');
	const kilobytes = (field: string): number => Number(new RegExp(`^${field}:\\s+(\\d+)`, 'm').exec(status)?.[1] ?? Number.NaN);
	return {now: (kilobytes('VmRSS') * 1024) / 1e6, peak: (kilobytes('VmHWM') * 1024) / 1e6};
};

import {readFile} from 'node:fs/promises';
import type {NetworkCounters} from '../../model/metrics.ts';
import {isDenied, isMissing} from './missing.ts';

/** /proc/PID/net is the network namespace that PID is in, so its counters are the container's without entering anything. */
export const readNetworkCounters = async (pid: number, proc = '/proc'): Promise<NetworkCounters | undefined> => {
	try {
		return parseNetworkCounters(await readFile(`${proc}/${pid}/net/dev`, 'utf8'));
	} catch (error) {
		// EINVAL: a zombie still has its directory but no namespaces.
		if (isMissing(error) || isDenied(error) || (error as NodeJS.ErrnoException).code === 'EINVAL') return undefined;
		throw error;
	}
};

/** `eth0: bytes packets … (8 fields in) bytes packets … (8 fields out)`; the colon may touch the first number. */
export const parseNetworkCounters = (dev: string): NetworkCounters => {
	let receivedBytes = 0;
	let sentBytes = 0;
	for (const line of dev.split('\n').slice(2)) {
		const colon = line.lastIndexOf(':');
		if (colon < 0 || line.slice(0, colon).trim() === 'lo') continue;
		const fields = line
			.slice(colon + 1)
			.trim()
			.split(/\s+/);
		receivedBytes += Number(fields[0] ?? 0);
		sentBytes += Number(fields[8] ?? 0);
	}
	return {receivedBytes, sentBytes};
};

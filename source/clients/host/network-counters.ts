import {readFile} from 'node:fs/promises';
import type {NetworkCounters} from '../../model/metrics.ts';
import {parseNetworkCounters} from '../../model/network-counters.ts';
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

import type {NetworkCounters} from './metrics.ts';

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

import type {Metrics} from '../../model/metrics.ts';
import {type BlkIOStat, Metrics as MetricsV1} from '../../protocol/generated/cgroups-v1.ts';
import {Metrics as MetricsV2} from '../../protocol/generated/cgroups-v2.ts';
import type {Metric} from '../../protocol/generated/types.ts';
import {typeNameOf} from './any.ts';
import {epochMs} from './time.ts';

/**
"No limit" is 2^63 rounded down to a page in cgroup v1, 2^64-1 in v2 (`max`), and 0 where the file could not be read. Nothing real is
near 2^62.
*/
const limitOf = (limit: bigint | undefined): number | undefined =>
	limit === undefined || limit === 0n || limit >= 1n << 62n ? undefined : Number(limit);

const less = (usage: bigint, inactive: bigint): number => Number(usage > inactive ? usage - inactive : 0n);

/** The kernel spells the operation `Read`, some readers `read`. */
const ioBytes = (blkio: BlkIOStat | undefined, operation: string): number =>
	Number((blkio?.ioServiceBytesRecursive ?? []).filter(({op}) => op.toLowerCase() === operation).reduce((sum, {value}) => sum + value, 0n));

type Reading = Omit<Metrics, 'containerId' | 'at'>;

const readV1 = (bytes: Uint8Array): Reading => {
	const {cpu, memory, pids, blkio} = MetricsV1.decode(bytes);
	return {
		cpuNanoseconds: Number(cpu?.usage?.total ?? 0n),
		memoryBytes: less(memory?.usage?.usage ?? 0n, memory?.totalInactiveFile ?? 0n),
		memoryLimitBytes: limitOf(memory?.usage?.limit),
		pids: Number(pids?.current ?? 0n),
		pidsLimit: limitOf(pids?.limit),
		blockReadBytes: ioBytes(blkio, 'read'),
		blockWriteBytes: ioBytes(blkio, 'write'),
	};
};

const readV2 = (bytes: Uint8Array): Reading => {
	const {cpu, memory, pids, io} = MetricsV2.decode(bytes);
	const devices = io?.usage ?? [];
	return {
		cpuNanoseconds: Number((cpu?.usageUsec ?? 0n) * 1000n),
		memoryBytes: less(memory?.usage ?? 0n, memory?.inactiveFile ?? 0n),
		memoryLimitBytes: limitOf(memory?.usageLimit),
		pids: Number(pids?.current ?? 0n),
		pidsLimit: limitOf(pids?.limit),
		blockReadBytes: Number(devices.reduce((sum, {rbytes}) => sum + rbytes, 0n)),
		blockWriteBytes: Number(devices.reduce((sum, {wbytes}) => sum + wbytes, 0n)),
	};
};

const readers: Readonly<Record<string, (bytes: Uint8Array) => Reading>> = {
	'io.containerd.cgroups.v1.Metrics': readV1,
	'io.containerd.cgroups.v2.Metrics': readV2,
};

/** Undefined for what we cannot read, such as the metrics of a virtual machine: one odd runtime must not hide the others. */
export const toMetrics = ({id, timestamp, data}: Metric): Metrics | undefined => {
	const read = data === undefined ? undefined : readers[typeNameOf(data.typeUrl)];
	if (data === undefined || read === undefined) return undefined;
	try {
		return {containerId: id, at: epochMs(timestamp), ...read(data.value)};
	} catch {
		return undefined;
	}
};

import {Metrics as MetricsV1} from '../../../source/protocol/generated/cgroups-v1.ts';
import {Metrics as MetricsV2} from '../../../source/protocol/generated/cgroups-v2.ts';
import type {Metric} from '../../../source/protocol/generated/types.ts';
import type {Any, Timestamp} from '../../../source/protocol/generated/well-known.ts';
import {type FakeTask, payload} from './state.ts';

/** Page cache on top of what the usage says, which a reader has to take off again. */
const inactiveFile = 1024n * 1024n;

const whole = (value: number): bigint => BigInt(Math.round(value));

const data = ({usage, startedAt}: FakeTask, cgroups: 1 | 2): Any => {
	const seconds = (Date.now() - startedAt) / 1000;
	const read = whole(usage.readBytesPerSecond * seconds);
	const written = whole(usage.writeBytesPerSecond * seconds);
	const memory = whole(usage.memoryBytes) + inactiveFile;
	if (cgroups === 1) {
		// What the kernel answers for no limit: 2^63 - 1 rounded down to a page.
		const limit = usage.memoryLimitBytes === undefined ? 9_223_372_036_854_771_712n : whole(usage.memoryLimitBytes);
		return payload('io.containerd.cgroups.v1.Metrics', MetricsV1, {
			pids: {current: BigInt(usage.pids), limit: 0n},
			cpu: {usage: {total: whole(usage.cpu * seconds * 1e9)}},
			memory: {inactiveFile: 0n, hierarchicalMemoryLimit: limit, totalInactiveFile: inactiveFile, usage: {limit, usage: memory}},
			blkio: {ioServiceBytesRecursive: [{op: 'Read', value: read}, {op: 'Write', value: written}, {op: 'Total', value: read + written}]},
		});
	}

	const max = (1n << 64n) - 1n;
	return payload('io.containerd.cgroups.v2.Metrics', MetricsV2, {
		pids: {current: BigInt(usage.pids), limit: max},
		cpu: {usageUsec: whole(usage.cpu * seconds * 1e6)},
		memory: {inactiveFile, usage: memory, usageLimit: usage.memoryLimitBytes === undefined ? max : whole(usage.memoryLimitBytes)},
		io: {usage: [{rbytes: read, wbytes: written}]},
	});
};

export const metricOf = (id: string, task: FakeTask, timestamp: Timestamp, cgroups: 1 | 2): Metric => ({id, timestamp, data: data(task, cgroups)});

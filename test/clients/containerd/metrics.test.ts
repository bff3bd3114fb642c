import {describe, expect, it} from 'vitest';
import {toMetrics} from '../../../source/clients/containerd/metrics.ts';
import {Metrics as V1} from '../../../source/protocol/generated/cgroups-v1.ts';
import {Metrics as V2} from '../../../source/protocol/generated/cgroups-v2.ts';

const timestamp = {seconds: 1_700_000_000, nanos: 0};

const v1 = (more: Partial<V1> = {}): Uint8Array =>
	V1.encode({
		pids: {current: 3n, limit: 100n},
		cpu: {usage: {total: 5_000_000_000n}},
		memory: {inactiveFile: 1n, totalInactiveFile: 400n, hierarchicalMemoryLimit: 0n, usage: {usage: 1000n, limit: 67_108_864n}},
		blkio: {
			ioServiceBytesRecursive: [
				{op: 'Read', value: 10n},
				{op: 'Write', value: 20n},
				{op: 'Total', value: 30n},
				{op: 'Read', value: 1n},
			],
		},
		...more,
	}).finish();

const v2 = (more: Partial<V2> = {}): Uint8Array =>
	V2.encode({
		pids: {current: 3n, limit: 100n},
		cpu: {usageUsec: 5_000_000n},
		memory: {inactiveFile: 400n, usage: 1000n, usageLimit: 67_108_864n},
		io: {usage: [{rbytes: 10n, wbytes: 15n}, {rbytes: 1n, wbytes: 5n}]},
		...more,
	}).finish();

const read = (version: 1 | 2, value: Uint8Array) => toMetrics({id: 'web', timestamp, data: {typeUrl: `io.containerd.cgroups.v${version}.Metrics`, value}});

describe('metrics', () => {
	it.each([
		['cgroup v1', 1, v1()],
		['cgroup v2', 2, v2()],
	] as const)('read %s into the same words', (_name, version, bytes) => {
		expect(read(version, bytes)).toEqual({
			containerId: 'web',
			at: 1_700_000_000_000,
			cpuNanoseconds: 5_000_000_000,
			memoryBytes: 600,
			memoryLimitBytes: 67_108_864,
			pids: 3,
			pidsLimit: 100,
			blockReadBytes: 11,
			blockWriteBytes: 20,
		});
	});

	it.each([
		['v1 without a limit', 1, v1({memory: {inactiveFile: 0n, totalInactiveFile: 0n, hierarchicalMemoryLimit: 0n, usage: {usage: 5n, limit: 9_223_372_036_854_771_712n}}})],
		['v2 with max', 2, v2({memory: {inactiveFile: 0n, usage: 5n, usageLimit: (1n << 64n) - 1n}})],
		['v2 that says nothing', 2, v2({memory: undefined})],
	] as const)('know no limit: %s', (_name, version, bytes) => {
		expect(read(version, bytes)?.memoryLimitBytes).toBeUndefined();
	});

	it.each([
		['v1, where 0 is max', 1, v1({pids: {current: 1n, limit: 0n}})],
		['v2 with max', 2, v2({pids: {current: 1n, limit: (1n << 64n) - 1n}})],
	] as const)('know no limit of processes: %s', (_name, version, bytes) => {
		expect(read(version, bytes)?.pidsLimit).toBeUndefined();
	});

	it('never go below zero when the cache is younger than the usage', () => {
		expect(read(2, v2({memory: {inactiveFile: 10n, usage: 5n, usageLimit: 0n}}))?.memoryBytes).toBe(0);
	});

	it('count on after 2^53 nanoseconds, which a busy container of many cores reaches in days', () => {
		expect(read(1, v1({cpu: {usage: {total: (1n << 60n) + 1n}}}))?.cpuNanoseconds).toBe(2 ** 60);
	});

	it('leave out what they can’t read', () => {
		expect(toMetrics({id: 'vm', timestamp, data: undefined})).toBeUndefined();
		expect(toMetrics({id: 'vm', timestamp, data: {typeUrl: 'io.microsoft.Statistics', value: new Uint8Array(3)}})).toBeUndefined();
		expect(read(2, Uint8Array.of(0x0f, 0xff))).toBeUndefined();
	});
});

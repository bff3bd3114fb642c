import {expect, test} from 'vitest';
import {resourceUpdate} from '../../../source/commands/line/update.ts';
import {updatedResources} from '../../../source/model/resource-update.ts';

type Flags = Parameters<typeof resourceUpdate>[0];

const none: Flags = {
	...{cpus: undefined, cpusetCpus: undefined, cpusetMems: undefined, memory: undefined, memoryReservation: undefined, memorySwap: undefined},
	...{cpuPeriod: undefined, cpuQuota: undefined, cpuShares: undefined, pidsLimit: undefined, blkioWeight: undefined},
};

test.each<[Partial<Flags>, object | undefined]>([
	[{}, undefined],
	[{cpus: '1.5'}, {cpuQuota: 150_000, cpuPeriod: 100_000}],
	[{cpuQuota: 5000, cpuShares: 512}, {cpuQuota: 5000, cpuShares: 512}],
	[{memory: '64m', memorySwap: '-1'}, {memoryBytes: 64 * 1024 ** 2, memorySwapBytes: -1}],
	[{memory: '64m', memoryReservation: '32m'}, {memoryBytes: 64 * 1024 ** 2, memoryReservationBytes: 32 * 1024 ** 2}],
	[{pidsLimit: -1, cpusetCpus: '0-1'}, {pids: -1, cpusetCpus: '0-1'}],
	[{blkioWeight: 300}, {blkioWeight: 300}],
])('update with %j', (flags, expected) => {
	expect(resourceUpdate({...none, ...flags})).toEqual(expected);
});

test.each<[Partial<Flags>, RegExp]>([
	[{cpus: '1', cpuQuota: 5}, /used separately/],
	[{cpus: 'x'}, /no number of CPUs/],
	[{memory: '1m'}, /6MB/],
	[{memory: '64m', memorySwap: '32m'}, /memoryswap limit should be larger/],
	[{memory: '64m', memoryReservation: '128m'}, /less than memory reservation/],
	[{blkioWeight: 5}, /from 10 to 1000/],
])('update with %j is refused', (flags, message) => {
	expect(() => resourceUpdate({...none, ...flags})).toThrow(message);
});

test('what is not spoken of stays', () => {
	const before = {devices: [{allow: false}], cpu: {shares: 1, cpus: '0'}, memory: {limit: 9, swappiness: 3}};
	expect(updatedResources(before, {memoryBytes: 100, cpuShares: 2})).toEqual({devices: [{allow: false}], cpu: {shares: 2, cpus: '0'}, memory: {limit: 100, swap: 200, swappiness: 3}});
	expect(updatedResources(before, {memorySwapBytes: -1, pids: 4})).toMatchObject({memory: {limit: 9, swap: -1}, pids: {limit: 4}, cpu: {shares: 1}});
	expect(updatedResources({}, {})).toEqual({});
});

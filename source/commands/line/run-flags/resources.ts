import {Failure} from '../../../errors.ts';
import type {ResourcesRequest} from '../../../model/create-request.ts';
import {bytesOf, parseBlockDevice, parseDevice, strictPairsOf} from '../../../model/request/index.ts';
import type {ValuesOf} from '../flag-types.ts';
import type {createFlags} from './table.ts';

export type CreateFlags = ValuesOf<typeof createFlags>;

const invalid = (message: string, hint?: string): Failure => new Failure('invalid', message, hint === undefined ? {} : {hint});

/** Docker's; with less nothing starts. */
const leastMemory = 6 * 1024 * 1024;

const memoryOf = (flags: CreateFlags) => {
	const memoryBytes = flags.memory === undefined ? undefined : bytesOf('memory', flags.memory);
	const memoryReservationBytes = flags.memoryReservation === undefined ? undefined : bytesOf('memory-reservation', flags.memoryReservation);
	const memorySwapBytes = flags.memorySwap === undefined ? undefined : flags.memorySwap === '-1' ? -1 : bytesOf('memory-swap', flags.memorySwap);
	if (memoryBytes !== undefined && memoryBytes > 0 && memoryBytes < leastMemory) throw invalid(`Minimum memory limit allowed is 6MB, and --memory is ${flags.memory}`);
	if (memoryBytes && memorySwapBytes !== undefined && memorySwapBytes > 0 && memorySwapBytes < memoryBytes)
		throw invalid('minimum memoryswap limit should be larger than memory limit', 'it counts memory and swap together');
	if (memorySwapBytes !== undefined && memorySwapBytes > 0 && !memoryBytes) throw invalid('You should always set the Memory limit when using Memoryswap limit', 'add --memory');
	if (memoryBytes && memoryReservationBytes && memoryBytes < memoryReservationBytes) throw invalid('minimum memory limit can not be less than memory reservation limit');
	const swappiness = flags.memorySwappiness ?? -1;
	if (swappiness < -1 || swappiness > 100) throw invalid(`invalid value: ${swappiness}, valid memory swappiness range is 0-100`);
	return {
		...(memoryBytes ? {memoryBytes} : {}),
		...(memoryReservationBytes ? {memoryReservationBytes} : {}),
		...(memorySwapBytes ? {memorySwapBytes} : {}),
		...(swappiness >= 0 ? {memorySwappiness: swappiness} : {}),
	};
};

const cpusOf = (text: string): number | undefined => {
	if (!/^\d+(?:\.\d+)?$|^\.\d+$/.test(text)) throw invalid(`--cpus is ${JSON.stringify(text)}, which is no number of CPUs`, 'write it as 1.5');
	const cpus = Number(text);
	if (cpus > 0 && cpus < 0.01) throw invalid('the least that --cpus can be is 0.01');
	return cpus === 0 ? undefined : cpus;
};

const natural = (flag: string, value: number | undefined): number | undefined => {
	if (value !== undefined && value < 0) throw invalid(`--${flag} must not be negative, got ${value}`);
	return value === 0 ? undefined : value;
};

const set = /^\d+(?:-\d+)?(?:,\d+(?:-\d+)?)*$/;

const cpuOf = (flags: CreateFlags) => {
	const cpus = flags.cpus === undefined ? undefined : cpusOf(flags.cpus);
	const cpuQuota = flags.cpuQuota === -1 ? undefined : flags.cpuQuota;
	const cpuPeriod = natural('cpu-period', flags.cpuPeriod);
	if (cpus !== undefined && (cpuQuota ?? cpuPeriod) !== undefined) throw invalid('cpus and quota/period should be used separately');
	for (const [flag, text] of [['cpuset-cpus', flags.cpusetCpus], ['cpuset-mems', flags.cpusetMems]] as const)
		if (text && !set.test(text)) throw invalid(`--${flag} is ${JSON.stringify(text)}`, 'write it as 0-3 or 0,1');
	const [cpuRealtimePeriod, cpuRealtimeRuntime, cpuShares] = [natural('cpu-rt-period', flags.cpuRtPeriod), natural('cpu-rt-runtime', flags.cpuRtRuntime), natural('cpu-shares', flags.cpuShares)];
	if (cpuRealtimePeriod !== undefined && cpuRealtimeRuntime !== undefined && cpuRealtimeRuntime > cpuRealtimePeriod) throw invalid('cpu real-time runtime cannot be higher than cpu real-time period');
	return {
		...(cpus === undefined ? {} : {cpus}),
		...(cpuQuota === undefined ? {} : {cpuQuota}),
		...(cpuPeriod === undefined ? {} : {cpuPeriod}),
		...(cpuShares === undefined ? {} : {cpuShares}),
		...(flags.cpusetCpus ? {cpusetCpus: flags.cpusetCpus} : {}),
		...(flags.cpusetMems ? {cpusetMems: flags.cpusetMems} : {}),
		...(cpuRealtimePeriod === undefined ? {} : {cpuRealtimePeriod}),
		...(cpuRealtimeRuntime === undefined ? {} : {cpuRealtimeRuntime}),
	};
};

const blockOf = (flags: CreateFlags) => {
	const weight = flags.blkioWeight ?? 0;
	if (weight !== 0 && (weight < 10 || weight > 1000)) throw invalid('range of blkio weight is from 10 to 1000');
	return {
		...(weight === 0 ? {} : {blkioWeight: weight}),
		blkioDevices: [
			...flags.blkioWeightDevice.map(text => parseBlockDevice('blkio-weight-device', 'weight', text)),
			...flags.deviceReadBps.map(text => parseBlockDevice('device-read-bps', 'readBps', text)),
			...flags.deviceWriteBps.map(text => parseBlockDevice('device-write-bps', 'writeBps', text)),
			...flags.deviceReadIops.map(text => parseBlockDevice('device-read-iops', 'readIops', text)),
			...flags.deviceWriteIops.map(text => parseBlockDevice('device-write-iops', 'writeIops', text)),
		],
	};
};

export const resourcesOf = (flags: CreateFlags): ResourcesRequest => {
	flags.device.forEach(parseDevice);
	return {
		...memoryOf(flags),
		...cpuOf(flags),
		...blockOf(flags),
		oomKillDisable: flags.oomKillDisable,
		...(flags.pidsLimit === undefined || flags.pidsLimit <= 0 ? {} : {pids: flags.pidsLimit}),
		unified: strictPairsOf('cgroup-conf', flags.cgroupConf),
		...(flags.cgroupParent ? {cgroupParent: flags.cgroupParent} : {}),
		devices: flags.device,
		...(flags.rdtClass ? {rdtClass: flags.rdtClass} : {}),
	};
};

import type {ResourcesRequest} from '../create-request.ts';
import {Failure} from '../../errors.ts';
import type {SpecInput} from './input.ts';
import type {OciDevice, OciDeviceRule, OciResources} from './types.ts';

const rule = (major: number, minor?: number): OciDeviceRule => ({allow: true, type: 'c', major, ...(minor === undefined ? {} : {minor}), access: 'rwm'});

/** Nothing, but null, random, full, tty, zero, urandom, console, the pseudo-terminals and ptmx. */
const defaultRules: readonly OciDeviceRule[] = [
	{allow: false, access: 'rwm'},
	rule(1, 3),
	rule(1, 8),
	rule(1, 7),
	rule(5, 0),
	rule(1, 5),
	rule(1, 9),
	rule(5, 1),
	rule(136),
	rule(5, 2),
];

const seesHostDevices = ({request: {security}}: Pick<SpecInput, 'request'>): boolean => security.privileged && !security.privilegedWithoutHostDevices;

/** What is made in the container's `/dev`. Two of one path would fail: the first one counts. */
export const devicesOf = (input: SpecInput): readonly OciDevice[] => {
	const devices = [...input.devices.map(({device}) => device), ...(seesHostDevices(input) ? input.hostDevices : [])];
	return [...new Map(devices.toReversed().map(device => [device.path, device])).values()].toReversed();
};

const deviceRules = (input: SpecInput): readonly OciDeviceRule[] =>
	seesHostDevices(input)
		? [{allow: true, access: 'rwm'}]
		: [...defaultRules, ...input.devices.map(({device: {type, major, minor}, access}): OciDeviceRule => ({allow: true, type, major, minor, access}))];

type Said<Value> = {readonly [Key in keyof Value]?: Exclude<Value[Key], undefined>};

/** Without what is undefined; undefined itself when that is all. */
const said = <Value extends object>(value: Value): Said<Value> | undefined => {
	const entries = Object.entries(value).filter(([, item]) => item !== undefined);
	return entries.length === 0 ? undefined : (Object.fromEntries(entries) as Said<Value>);
};

/** Without a word about swap it may use as much of it as of memory. 0 means the same. */
const swapOf = ({memoryBytes = 0, memorySwapBytes = 0}: ResourcesRequest): number | undefined => {
	const swap = memorySwapBytes === 0 ? memoryBytes * 2 : memorySwapBytes;
	return swap === 0 ? undefined : swap;
};

const cpuOf = (resources: ResourcesRequest) => ({
	shares: resources.cpuShares || undefined,
	quota: resources.cpus === undefined ? resources.cpuQuota : Math.trunc(resources.cpus * 100_000),
	period: resources.cpus === undefined ? resources.cpuPeriod : 100_000,
	realtimeRuntime: resources.cpuRealtimeRuntime,
	realtimePeriod: resources.cpuRealtimePeriod,
	cpus: resources.cpusetCpus,
	mems: resources.cpusetMems,
});

const memoryOf = (resources: ResourcesRequest) => ({
	limit: resources.memoryBytes,
	reservation: resources.memoryReservationBytes,
	swap: swapOf(resources),
	swappiness: resources.memorySwappiness,
	disableOOMKiller: resources.oomKillDisable ? (true as const) : undefined,
});

const blockIoOf = ({request: {resources}, blockDevices}: SpecInput) => {
	const devices = (kind: ResourcesRequest['blkioDevices'][number]['kind']) => {
		const found = resources.blkioDevices
			.filter(device => device.kind === kind)
			.map(({path, value}) => {
				const numbers = blockDevices[path];
				if (numbers === undefined) throw new Failure('invalid', `The numbers of block device ${path} are not known`);
				return {...numbers, value};
			});
		return found.length === 0 ? undefined : found;
	};
	const throttles = (kind: Parameters<typeof devices>[0]) => devices(kind)?.map(({major, minor, value}) => ({major, minor, rate: value}));
	return {
		weight: resources.blkioWeight || undefined,
		weightDevice: devices('weight')?.map(({major, minor, value}) => ({major, minor, weight: value})),
		throttleReadBpsDevice: throttles('readBps'),
		throttleWriteBpsDevice: throttles('writeBps'),
		throttleReadIOPSDevice: throttles('readIops'),
		throttleWriteIOPSDevice: throttles('writeIops'),
	};
};

export const resourcesOf = (input: SpecInput): OciResources => {
	const {resources} = input.request;
	if (Object.keys(resources.unified).length > 0 && input.host.cgroupVersion === 1)
		throw new Failure('invalid', 'cannot use --cgroup-conf without cgroup v2', {hint: 'this machine has version 1: use the flags of the limits, such as --memory'});
	const [memory, cpu, blockIO] = [said(memoryOf(resources)), said(cpuOf(resources)), said(blockIoOf(input))];
	return {
		devices: deviceRules(input),
		...(memory === undefined ? {} : {memory}),
		...(cpu === undefined ? {} : {cpu}),
		...(resources.pids !== undefined && resources.pids > 0 ? {pids: {limit: resources.pids}} : {}),
		...(blockIO === undefined ? {} : {blockIO}),
		...(Object.keys(resources.unified).length > 0 ? {unified: resources.unified} : {}),
	};
};

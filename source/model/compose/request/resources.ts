import {Failure} from '../../../errors.ts';
import type {ResourcesRequest} from '../../create-request.ts';
import type {Service} from '../project.ts';

type Said<Part> = {[Key in keyof Part]: Part[Key] | undefined};

/** Without the keys that nothing was said of. */
export const only = <Part extends object>(parts: Said<Part>): Part =>
	Object.fromEntries(Object.entries(parts).filter(([, value]) => value !== undefined)) as Part;

const blkioKinds = [
	['device_read_bps', 'readBps'],
	['device_write_bps', 'writeBps'],
	['device_read_iops', 'readIops'],
	['device_write_iops', 'writeIops'],
] as const;

const blkioOf = ({blkio_config: config}: Service): ResourcesRequest['blkioDevices'] => [
	...(config?.weight_device ?? []).map(({path, weight}) => ({kind: 'weight' as const, path, value: weight})),
	...blkioKinds.flatMap(([key, kind]) => (config?.[key] ?? []).map(({path, rate}) => ({kind, path, value: rate}))),
];

/** Docker takes 0 for "no limit", and so does nobody say it. */
const limit = (value: number | undefined): number | undefined => (value === 0 ? undefined : value);

export const resourcesOf = (name: string, service: Service): ResourcesRequest => {
	const limits = service.deploy?.resources?.limits;
	const reserved = service.deploy?.resources?.reservations;
	const cpus = limit(service.cpus ?? limits?.cpus);
	if (cpus !== undefined && service.cpu_quota !== undefined) throw new Failure('invalid', `services.${name}.cpus and cpu_quota say the same thing`, {hint: 'leave one of them out'});
	return {
		...only({
			cpus,
			cpuQuota: service.cpu_quota,
			cpuPeriod: service.cpu_period,
			cpuShares: limit(service.cpu_shares),
			cpusetCpus: service.cpuset,
			cpuRealtimePeriod: service.cpu_rt_period,
			cpuRealtimeRuntime: service.cpu_rt_runtime,
			memoryBytes: limit(service.mem_limit ?? limits?.memory),
			memoryReservationBytes: limit(service.mem_reservation ?? reserved?.memory),
			memorySwapBytes: limit(service.memswap_limit),
			memorySwappiness: service.mem_swappiness,
			pids: service.pids_limit ?? limits?.pids,
			blkioWeight: limit(service.blkio_config?.weight),
			cgroupParent: service.cgroup_parent,
		}),
		oomKillDisable: service.oom_kill_disable === true,
		blkioDevices: blkioOf(service),
		unified: {},
		devices: (service.devices ?? []).map(({source, target = source, permissions = 'rwm'}) => `${source}:${target}:${permissions}`),
	};
};

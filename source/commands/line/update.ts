import {Failure} from '../../errors.ts';
import {bytesOf, parseRestart} from '../../model/request/index.ts';
import type {ResourceUpdate} from '../../model/resource-update.ts';
import {forEachArgument} from './failures.ts';
import {createFlags} from './run-flags/index.ts';
import {defineLine} from './types.ts';

const {cpus, cpuPeriod, cpuQuota, cpuShares, cpusetCpus, cpusetMems, memory, memoryReservation, memorySwap, pidsLimit, blkioWeight} = createFlags;

type Flags = {
	readonly [Name in 'cpus' | 'cpusetCpus' | 'cpusetMems' | 'memory' | 'memoryReservation' | 'memorySwap']: string | undefined;
} & {readonly [Name in 'cpuPeriod' | 'cpuQuota' | 'cpuShares' | 'pidsLimit' | 'blkioWeight']: number | undefined};

const refuse = (message: string): never => {
	throw new Failure('invalid', message);
};

const leastMemory = 6 * 1024 * 1024;

const sizeOf = (flag: string, text: string | undefined): number | undefined => (text === undefined ? undefined : bytesOf(flag, text));

const cpuTime = (flags: Flags): Pick<ResourceUpdate, 'cpuQuota' | 'cpuPeriod'> => {
	const count = flags.cpus === undefined ? undefined : Number(flags.cpus);
	if (count !== undefined && !(count >= 0)) refuse(`--cpus is ${JSON.stringify(flags.cpus)}, which is no number of CPUs`);
	if (count === undefined || count === 0) return {...(flags.cpuQuota === undefined ? {} : {cpuQuota: flags.cpuQuota}), ...(flags.cpuPeriod === undefined ? {} : {cpuPeriod: flags.cpuPeriod})};
	if (flags.cpuQuota !== undefined || flags.cpuPeriod !== undefined) refuse('cpus and quota/period should be used separately');
	return {cpuQuota: Math.trunc(count * 100_000), cpuPeriod: 100_000};
};

/** What nerdctl refuses is refused; undefined when nothing of the sort was said. */
export const resourceUpdate = (flags: Flags): ResourceUpdate | undefined => {
	const [memoryBytes, memoryReservationBytes] = [sizeOf('memory', flags.memory), sizeOf('memory-reservation', flags.memoryReservation)];
	const memorySwapBytes = flags.memorySwap === '-1' ? -1 : sizeOf('memory-swap', flags.memorySwap) || undefined;
	if (memoryBytes !== undefined && memoryBytes < leastMemory) refuse(`Minimum memory limit allowed is 6MB, and --memory is ${flags.memory}`);
	if (memoryBytes !== undefined && memorySwapBytes !== undefined && memorySwapBytes > 0 && memorySwapBytes < memoryBytes)
		refuse('minimum memoryswap limit should be larger than memory limit');
	if (memoryBytes !== undefined && (memoryReservationBytes ?? 0) > memoryBytes) refuse('minimum memory limit can not be less than memory reservation limit');
	const weight = flags.blkioWeight ?? 0;
	if (weight !== 0 && (weight < 10 || weight > 1000)) refuse('range of blkio weight is from 10 to 1000');
	const said = Object.entries({
		...cpuTime(flags),
		...{cpuShares: flags.cpuShares, cpusetCpus: flags.cpusetCpus, cpusetMems: flags.cpusetMems},
		...{memoryBytes, memoryReservationBytes, memorySwapBytes, pids: flags.pidsLimit, blkioWeight: flags.blkioWeight},
	}).filter(([, value]) => value !== undefined);
	return said.length === 0 ? undefined : Object.fromEntries(said);
};

export const update = defineLine({
	verbs: ['update', 'container update'],
	summary: 'Update the limits or the restart policy of one or more containers',
	usage: '[flags] CONTAINER [CONTAINER, ...]',
	arity: {least: 1},
	interspersed: false,
	flags: {
		...{cpus, cpuPeriod, cpuQuota, cpuShares, cpusetCpus, cpusetMems, memory, memoryReservation, memorySwap, pidsLimit, blkioWeight},
		restart: {type: 'string', placeholder: 'POLICY', help: 'When to start it again: no, always, on-failure[:N] or unless-stopped'},
	},
	refused: {'kernel-memory': 'kernels no longer have this limit'},
	async run(context) {
		const {services, global, signal, flags, args} = context;
		const resources = resourceUpdate(flags);
		const restart = flags.restart === undefined || flags.restart === '' ? undefined : parseRestart(flags.restart);
		const wanted = {...(resources === undefined ? {} : {resources}), ...(restart === undefined ? {} : {restart})};
		return forEachArgument(args, context, async argument => {
			const container = await services.containers.find(global.namespace, argument, {signal});
			await services.containers.update(container, wanted, {signal});
		});
	},
});

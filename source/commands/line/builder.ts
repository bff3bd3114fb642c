import {Failure} from '../../errors.ts';
import {cacheKinds, type CacheLimits, prunedBy, sizeOf} from '../../model/build-cache.ts';
import {formatPlatform} from '../../model/platform.ts';
import {bytesOf, durationOf} from '../../model/request/index.ts';
import {ago, bytes} from '../../model/units.ts';
import {confirm} from './confirm.ts';
import {findBuildkit, hostFlag} from './buildkit-host.ts';
import {print, printTable} from './output.ts';
import {defineLine} from './types.ts';

const oneFormat = (format: string | undefined): boolean => {
	if (format !== undefined && format !== 'json' && format !== 'table') throw new Failure('invalid', `--format is ${JSON.stringify(format)}`, {hint: 'say json or table'});
	return format === 'json';
};

const formatFlag = {format: {type: 'string', placeholder: 'FORMAT', help: 'Say json for one object a line'}} as const;

export const builderDu = defineLine({
	verbs: ['builder du'],
	summary: 'Show what the build cache holds',
	usage: '[flags]',
	arity: {least: 0, most: 0},
	needsDaemon: false,
	flags: {...hostFlag, ...formatFlag},
	async run(context) {
		const isJson = oneFormat(context.flags.format);
		const records = await context.services.builds.cache(await findBuildkit(context, context.flags.buildkitHost), {signal: context.signal});
		if (isJson) {
			await print(context, records.map(record => `${JSON.stringify(record)}\n`).join(''));
			return 0;
		}

		const now = context.clock();
		await printTable(context, [
			['ID', 'SIZE', 'LAST USED', 'IN USE', 'SHARED', 'TYPE', 'DESCRIPTION'],
			...records.map(record => [
				...[record.id, bytes(record.bytes), record.lastUsedAt === undefined ? 'never' : ago(record.lastUsedAt, now)],
				...[record.isInUse ? 'yes' : 'no', record.isShared ? 'yes' : 'no', record.type, record.description],
			]),
		]);
		const free = records.filter(({isInUse, isShared}) => !isInUse && !isShared);
		await print(context, `Reclaimable: ${bytes(sizeOf(free))}\nTotal: ${bytes(sizeOf(records))}\n`);
		return 0;
	},
});

type PruneFlags = {readonly all: boolean; readonly filter: readonly string[]; readonly keepStorage: string | undefined; readonly reservedSpace: string | undefined};

/** `until` is docker's way of saying how long a record must have been unused. */
const limitsOf = ({all, filter, keepStorage, reservedSpace}: PruneFlags): CacheLimits => {
	const unused = filter.flatMap(text => /^until=(.*)$/.exec(text)?.[1] ?? []).map(text => durationOf('filter until', text));
	const reservedBytes = reservedSpace === undefined ? bytesOf('keep-storage', keepStorage ?? '0') : bytesOf('reserved-space', reservedSpace);
	return {all, filters: filter.filter(text => !text.startsWith('until=')), keepMs: Math.max(0, ...unused), reservedBytes};
};

export const builderPrune = defineLine({
	verbs: ['builder prune'],
	summary: 'Clean up the build cache',
	usage: '[flags]',
	arity: {least: 0, most: 0},
	needsDaemon: false,
	flags: {
		...hostFlag,
		all: {type: 'boolean', shortFlag: 'a', help: 'Also what the frontends and other builds share'},
		force: {type: 'boolean', shortFlag: 'f', help: 'Do not ask'},
		filter: {type: 'string', isMultiple: true, placeholder: 'FILTER', help: 'Only such records, as in type==source.local or until=24h'},
		keepStorage: {type: 'string', placeholder: 'BYTES', help: 'Stop when no more than this is left, as in 10GB'},
		reservedSpace: {type: 'string', placeholder: 'BYTES', help: 'The same by its newer name'},
	},
	async run(context) {
		const {flags, services, signal} = context;
		const limits = limitsOf(flags);
		const address = await findBuildkit(context, flags.buildkitHost);
		if (!flags.force) {
			const goes = prunedBy(await services.builds.cache(address, {signal}), limits, context.clock());
			const least = limits.reservedBytes > 0 ? `, until ${bytes(limits.reservedBytes)} are left` : '';
			await print(context, goes.length === 0 ? 'Nothing of the build cache would go.\n' : `${cacheKinds(goes).join('\n')}\n`);
			if (goes.length === 0) return 0;
			if (!(await confirm(context, `This will remove ${goes.length === 1 ? '1 record' : `${goes.length} records`} of the build cache, ${bytes(sizeOf(goes))}${least}.`))) return 0;
		}

		const freed = await services.builds.prune(address, limits, {signal});
		await print(context, `${freed.map(({id, bytes: size}) => `${id}\t${bytes(size)}\n`).join('')}Total: ${bytes(sizeOf(freed))}\n`);
		return 0;
	},
});

export const builderList = defineLine({
	verbs: ['builder ls', 'builder list'],
	summary: 'List the workers of BuildKit',
	usage: '[flags]',
	arity: {least: 0, most: 0},
	needsDaemon: false,
	flags: {...hostFlag, ...formatFlag},
	async run(context) {
		const isJson = oneFormat(context.flags.format);
		const address = await findBuildkit(context, context.flags.buildkitHost);
		const workers = await context.services.builds.workers(address, {signal: context.signal});
		if (isJson) {
			await print(context, workers.map(worker => `${JSON.stringify({address, ...worker})}\n`).join(''));
			return 0;
		}

		await printTable(context, [
			['WORKER', 'ADDRESS', 'EXECUTOR', 'SNAPSHOTTER', 'PLATFORMS'],
			...workers.map(({id, labels, platforms}) => [
				...[id, address, labels['org.mobyproject.buildkit.worker.executor'] ?? '', labels['org.mobyproject.buildkit.worker.snapshotter'] ?? ''],
				platforms.map(formatPlatform).join(','),
			]),
		]);
		return 0;
	},
});

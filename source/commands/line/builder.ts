import {Failure} from '../../errors.ts';
import type {CacheRecord} from '../../model/build.ts';
import {formatPlatform} from '../../model/platform.ts';
import {ago, bytes} from '../../model/units.ts';
import {confirm} from './confirm.ts';
import {findBuildkit, hostFlag} from './buildkit-host.ts';
import {print, printTable} from './output.ts';
import {defineLine} from './types.ts';

const sum = (records: readonly CacheRecord[]): number => records.reduce((total, record) => total + record.bytes, 0);

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
		await print(context, `Reclaimable: ${bytes(sum(free))}\nTotal: ${bytes(sum(records))}\n`);
		return 0;
	},
});

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
		filter: {type: 'string', isMultiple: true, placeholder: 'FILTER', help: 'Only such records, as in type==source.local'},
	},
	refused: {'keep-storage': 'say what is kept in the configuration of buildkitd'},
	async run(context) {
		const {flags, services, signal} = context;
		const question = `This will remove ${flags.all ? 'all' : 'what is dangling of'} the build cache.`;
		if (!flags.force && !(await confirm(context, question))) return 0;
		const address = await findBuildkit(context, flags.buildkitHost);
		const freed = await services.builds.prune(address, {all: flags.all, filters: flags.filter, keepMs: 0, reservedBytes: 0}, {signal});
		await print(context, `${freed.map(({id, bytes: size}) => `${id}\t${bytes(size)}\n`).join('')}Total: ${bytes(sum(freed))}\n`);
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

import {cacheKinds, type CacheLimits, cachePrunes, cacheRecordLines, prunedBy, sizeOf, workerLines} from '../../model/build-cache.ts';
import type {CacheRecord} from '../../model/build.ts';
import {bytes} from '../../model/units.ts';
import {notify} from '../runner.ts';
import type {Command, Context} from '../types.ts';
import {buildkitOf} from './build-start.ts';

const count = (records: readonly CacheRecord[]): string => `${records.length} ${records.length === 1 ? 'record' : 'records'}`;

/** Asks, and prunes as a job: a big cache takes its time to go. */
const prune = async (context: Context, address: string, limits: CacheLimits, would: readonly CacheRecord[]): Promise<void> => {
	const {store, dialogs, services, jobs} = context;
	if (store.get().readonly) return notify(store, 'bad', 'Pruning the build cache is refused: gantry runs with --readonly');
	const agreed = await dialogs.confirm({
		...{title: 'Prune the build cache?', danger: true},
		lines: [`About ${bytes(sizeOf(would))} in ${count(would)} would be freed.`, 'Builds that would have found them do their steps again.'],
	});
	if (!agreed) return;
	jobs.start('prune the build cache', async ({signal}) => {
		const gone = await services.builds.prune(address, limits, {signal});
		return `Pruned ${count(gone)} of the build cache, ${bytes(sizeOf(gone))}`;
	});
};

const ownFilter = 'filter';

/** A filter that is typed, until it is one that takes something, or Escape. */
const pruneByFilter = async (context: Context, address: string, records: readonly CacheRecord[], typed = ''): Promise<void> => {
	const filter = await context.dialogs.line({title: 'Prune what matches', text: typed, note: 'type==source.local · description~=npm · id!=… · a comma is and'});
	if (filter === undefined || filter.trim() === '') return;
	const limits: CacheLimits = {all: false, filters: [filter.trim()], keepMs: 0, reservedBytes: 0};
	const would = prunedBy(records, limits, Date.now());
	if (would.length > 0) return prune(context, address, limits, would);
	notify(context.store, 'bad', `Nothing that can be pruned matches ${filter.trim()}`);
	return pruneByFilter(context, address, records, filter);
};

/** What BuildKit keeps, who collects it, and what each prune would free. */
export const showBuildCache: Command = {
	id: 'builds.cache',
	title: 'The build cache: records, workers, and prune with what it would free',
	scope: 'builds',
	keys: ['C'],
	hint: {label: 'cache', order: 5},
	nerdctl: () => 'nerdctl builder du',
	run: async (context) => {
		const {services, dialogs} = context;
		for (;;) {
			const address = await buildkitOf(context);
			const [records, workers] = await Promise.all([services.builds.cache(address), services.builds.workers(address)]);
			const now = Date.now();
			const answer = await dialogs.disk({
				title: `Build cache of ${address}`,
				kinds: cacheKinds(records),
				prunes: [
					...cachePrunes.map(({id, title, does, limits}) => ({id, title, does, sizeBytes: sizeOf(prunedBy(records, limits, now))})),
					{id: ownFilter, title: 'by a filter…', does: 'what you say', sizeBytes: undefined},
				],
				details: [`# ${'SIZE'.padStart(6)} ${'AGE'.padStart(5)} ${'USED'.padStart(5)} ${'TIMES'.padStart(5)}  ${'HELD'.padEnd(13)} RECORD`, ...cacheRecordLines(records, now), '', '# Workers', ...workerLines(workers)],
			});
			if (answer === undefined) return;
			if (answer === ownFilter) return pruneByFilter(context, address, records);
			const chosen = cachePrunes.find(({id}) => id === answer);
			if (chosen !== undefined) return prune(context, address, chosen.limits, prunedBy(records, chosen.limits, now));
		}
	},
};

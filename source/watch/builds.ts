import {isAbort, sentence} from '../errors.ts';
import {type BuildRun, runOfRecord} from '../model/build-run.ts';
import type {BuildRunsService} from '../services/build-runs/types.ts';
import type {BuildsService} from '../services/builds/types.ts';
import type {AppStore, State} from '../store/index.ts';

export type BuildsWatching = {
	readonly runs: Pick<BuildRunsService, 'list' | 'watch'>;
	readonly builds: Pick<BuildsService, 'history'>;
	/** The address of the BuildKit that builds go to; fails with which were tried. */
	readonly find: (call: {readonly signal: AbortSignal}) => Promise<string>;
};

export type BuildsDependencies = BuildsWatching & {readonly store: AppStore; readonly signal: AbortSignal};

/** Where the daemon is, and what it remembers: asked only while somebody looks at builds. */
const askDaemon = async ({store, builds, find, signal}: BuildsDependencies): Promise<readonly BuildRun[]> => {
	try {
		const address = await find({signal});
		store.dispatch({type: 'buildkit-sought', buildkit: {status: 'there', address}});
		return (await builds.history(address, {signal})).map((record) => runOfRecord(record, address));
	} catch (error) {
		if (!isAbort(error) && !signal.aborted) store.dispatch({type: 'buildkit-sought', buildkit: {status: 'absent', reason: sentence(error)}});
		return [];
	}
};

/** Our own record at once, then what the daemon knows besides: of a build that both know ours says more. */
export const createBuildsList = (dependencies: BuildsDependencies): (() => Promise<void>) => {
	const {store, runs, signal} = dependencies;
	let remembered: readonly BuildRun[] = [];
	/** Ours, those that were forgotten since too: they do not come back as the daemon's. */
	const ours = new Set<string>();
	const show = async () => {
		const own = await runs.list();
		for (const {id} of own) ours.add(id);
		const all = [...own, ...remembered.filter(({id}) => !ours.has(id))];
		const known = store.get().builds;
		// The same as before is no news: nothing is painted anew.
		if (signal.aborted || (known.freshness === 'live' && JSON.stringify([...known.items.values()]) === JSON.stringify(all))) return;
		store.dispatch({type: 'builds-listed', builds: all});
	};
	return async () => {
		await show();
		if (store.get().view.pane !== 'builds') return;
		remembered = await askDaemon(dependencies);
		await show();
	};
};

/** What, when it is another, may mean that builds came or went elsewhere: somebody looks at them. */
export const buildsClue = ({view, minute}: State): readonly unknown[] => (view.pane === 'builds' ? [true, minute] : [false, 0]);

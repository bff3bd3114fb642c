import {randomBytes} from 'node:crypto';
import {type FSWatcher, mkdirSync, watch as watchFolder} from 'node:fs';
import {join} from 'node:path';
import process from 'node:process';
import {Failure, isAbort, sentence} from '../../errors.ts';
import {type BuildRun, byStart, countsOf} from '../../model/build-run.ts';
import {troubleOf} from '../builds/index.ts';
import type {BuildCall, BuildRequest, BuildsService} from '../builds/types.ts';
import {begunRun} from './begin.ts';
import {createRunFiles} from './files.ts';
import {interrupt, isThere} from './processes.ts';
import {readSource} from './source.ts';
import {createTracker, type Tracker} from './tracker.ts';
import type {BuildAbout, BuildRunsService} from './types.ts';

export type * from './types.ts';
export {createTracker, type Tracker} from './tracker.ts';

export type BuildRunsDependencies = {
	/** Where a user's state is; the records stand in `builds` below it. */
	readonly stateDirectory: string;
	readonly builds: () => Pick<BuildsService, 'build' | 'follow'>;
	readonly now?: () => number;
};

type Live = {readonly tracker: Tracker; readonly controller: AbortController; run: BuildRun};

const toldEveryMs = 1000;

const outcomeOf = (error: unknown, signal: AbortSignal): Pick<BuildRun, 'outcome' | 'failure'> =>
	isAbort(error) || signal.aborted ? {outcome: 'cancelled', failure: undefined} : {outcome: 'failed', failure: sentence(error)};

/** A process that is gone has left its record as it was last. */
const settled = (run: BuildRun): BuildRun => (run.outcome === 'running' && (run.pid === process.pid || !isThere(run)) ? {...run, outcome: 'lost'} : run);

/** What was built, by whom and how it went: our own record of it, beside what a daemon may remember. */
export const createBuildRuns = ({stateDirectory, builds, now = Date.now}: BuildRunsDependencies): BuildRunsService => {
	const folder = join(stateDirectory, 'builds');
	const files = createRunFiles(folder);
	const live = new Map<string, Live>();
	const listeners = new Set<(when: 'now' | 'soon') => void>();
	/** `soon`: only numbers have changed. */
	const tell = (when: 'now' | 'soon' = 'now') => {
		for (const listener of [...listeners]) listener(when);
	};
	const written = async (work: Promise<void>): Promise<void> => work.catch(() => undefined);

	const build = async (request: BuildRequest, about: BuildAbout, {signal, onStatus}: BuildCall = {}) => {
		const id = about.id ?? randomBytes(12).toString('hex');
		const controller = new AbortController();
		const either = signal === undefined ? controller.signal : AbortSignal.any([signal, controller.signal]);
		const tracker = createTracker();
		const one: Live = {tracker, controller, run: begunRun(id, request, about, now())};
		live.set(id, one);
		const stop = tracker.subscribe(() => {
			one.run = {...one.run, counts: countsOf(tracker.detail().state)};
			tell('soon');
		});
		tell();
		const beginning = written(files.write(one.run));
		const reading = readSource(request).then(tracker.setSource);
		let end: Pick<BuildRun, 'outcome' | 'failure' | 'digest'> = {outcome: 'done', failure: undefined, digest: undefined};
		let trouble: unknown;
		try {
			const result = await builds().build(request, {
				...{ref: id, signal: either},
				onStatus: (status) => {
					tracker.onStatus(status);
					onStatus?.(status);
				},
			});
			end = {...end, digest: result.digest};
			return result;
		} catch (error) {
			trouble = error;
			end = {...outcomeOf(error, either), digest: undefined};
			throw error;
		} finally {
			await reading;
			tracker.end(troubleOf(trouble), now());
			stop();
			one.run = {...one.run, ...end, endedAt: now(), counts: countsOf(tracker.detail().state)};
			await beginning;
			await written(files.writeInside(id, tracker.detail()));
			await written(files.write(one.run));
			live.delete(id);
			tell();
		}
	};

	return {
		async list() {
			const kept = (await files.read()).filter(({id}) => !live.has(id)).map(settled);
			return [...kept, ...[...live.values()].map(({run}) => run)].sort(byStart);
		},
		watch(onChange) {
			let timer: NodeJS.Timeout | undefined;
			const soon = () => {
				timer ??= setTimeout(() => {
					timer = undefined;
					onChange();
				}, toldEveryMs);
			};
			const hear = (when: 'now' | 'soon') => (when === 'now' ? onChange() : soon());
			listeners.add(hear);
			let watcher: FSWatcher | undefined;
			try {
				mkdirSync(folder, {recursive: true, mode: 0o700});
				watcher = watchFolder(folder, {persistent: false}, soon);
				watcher.on('error', () => watcher?.close());
			} catch {
				// A state directory that can't be made has no records of others either.
			}
			return () => {
				clearTimeout(timer);
				listeners.delete(hear);
				watcher?.close();
			};
		},
		build,
		cancel(id) {
			const one = live.get(id);
			one?.controller.abort();
			return one !== undefined;
		},
		interrupt,
		async open(run, {signal}) {
			const here = live.get(run.id);
			if (here !== undefined) return here.tracker;
			const kept = await files.readInside(run.id);
			if (kept !== undefined) return {detail: () => kept, subscribe: () => () => undefined};
			if (run.outcome === 'lost' || run.address === '') throw new Failure('not-found', 'Nothing is known of the steps of this build: whoever ran it ended without writing them down');
			const tracker = createTracker();
			const following = builds().follow(run.address, run.id, {signal, onStatus: tracker.onStatus});
			// What has been said until it ends, or fails before the first word, is all that there is.
			await Promise.race([following, new Promise<void>((resolve) => tracker.subscribe(resolve))]);
			following.catch(() => undefined);
			return tracker;
		},
		async forget(id) {
			await files.forget(id);
			tell();
		},
	};
};

import {setTimeout} from 'node:timers/promises';
import {isAbort, sentence} from '../errors.ts';
import {createPacer, noProgress, type Pace, type Pacer, type Progress, type ProgressItem, type ProgressSum, sumOf} from '../model/progress.ts';
import type {AppStore} from '../store/index.ts';
import {notify} from './runner.ts';

/** Work that takes longer than a key press: it shows a number while it runs and can be cancelled. */
export type Job = {
	readonly id: number;
	readonly title: string;
	readonly status: 'running' | 'done' | 'failed' | 'cancelled';
	readonly progress: Progress;
	readonly sum: ProgressSum;
	readonly pace: Pace;
	/** Bytes a second of the parts that are under way, by their id. */
	readonly rates: ReadonlyMap<string, number>;
	readonly startedAt: number;
	readonly endedAt: number | undefined;
	readonly failure: string | undefined;
};

export type Jobs = {
	/** Starts it and answers at once; how it ends is told as a notice. */
	start(title: string, work: (job: {readonly signal: AbortSignal; readonly report: (progress: Progress) => void}) => Promise<string>): number;
	/** Newest first. The same array until something changed. */
	list(): readonly Job[];
	cancel(id: number): void;
	cancelAll(): void;
	/** Cancels all and waits until they have cleared up: half a pull is put away by whoever made it. Not for ever: a hung daemon answers nobody. */
	end(): Promise<void>;
	subscribe(listener: () => void): () => void;
};

/** Progress is told up to hundreds of times a second; a person reads four. */
const toldEveryMs = 250;
const kept = 20;
const mostClearingMs = 5000;

const moving: ReadonlySet<ProgressItem['phase']> = new Set(['fetching', 'pushing', 'reading', 'writing']);
const isMoving = ({phase}: ProgressItem): boolean => moving.has(phase);

/** Progress never enters the store: it has the life of the work, and listeners hear of it at a pace that can be read. */
export const createJobs = (store: AppStore, now: () => number = Date.now): Jobs => {
	let jobs: readonly Job[] = [];
	let lastId = 0;
	let timer: NodeJS.Timeout | undefined;
	const controllers = new Map<number, AbortController>();
	const listeners = new Set<() => void>();
	const running = new Set<Promise<void>>();
	const tell = () => {
		clearTimeout(timer);
		timer = undefined;
		for (const listener of [...listeners]) listener();
	};
	const tellSoon = () => {
		timer ??= globalThis.setTimeout(tell, toldEveryMs);
	};
	const change = (id: number, changes: Partial<Job>) => {
		jobs = jobs.map((job) => (job.id === id ? {...job, ...changes} : job));
	};
	const run = async (id: number, title: string, work: Parameters<Jobs['start']>[1], signal: AbortSignal) => {
		const pacer = createPacer();
		const pacers = new Map<string, Pacer>();
		const ratesOf = ({items}: Progress, at: number): Job['rates'] => {
			const rates = new Map<string, number>();
			for (const item of items) {
				if (!isMoving(item)) continue;
				const own = pacers.get(item.id) ?? createPacer();
				pacers.set(item.id, own);
				const {rate} = own.read(sumOf({items: [item], step: ''}), at);
				if (rate !== undefined) rates.set(item.id, rate);
			}
			return rates;
		};
		let end: Pick<Job, 'status' | 'failure'>;
		try {
			const said = await work({
				signal,
				report: (progress) => {
					const sum = sumOf(progress);
					const at = now();
					change(id, {progress, sum, pace: pacer.read(sum, at), rates: ratesOf(progress, at)});
					tellSoon();
				},
			});
			end = {status: 'done', failure: undefined};
			notify(store, 'good', said);
		} catch (error) {
			// Whoever ended it, here or where it is shown.
			const wasCancelled = isAbort(error);
			end = {status: wasCancelled ? 'cancelled' : 'failed', failure: wasCancelled ? undefined : sentence(error)};
			notify(store, wasCancelled ? 'info' : 'bad', wasCancelled ? `Cancelled: ${title}` : sentence(error));
		}
		controllers.delete(id);
		change(id, {...end, endedAt: now()});
		tell();
	};
	return {
		start(title, work) {
			lastId += 1;
			const id = lastId;
			const controller = new AbortController();
			controllers.set(id, controller);
			const job: Job = {
				id,
				title,
				status: 'running',
				progress: noProgress,
				sum: sumOf(noProgress),
				pace: {rate: undefined, remainingMs: undefined},
				rates: new Map(),
				startedAt: now(),
				endedAt: undefined,
				failure: undefined,
			};
			jobs = [job, ...jobs].slice(0, kept);
			tell();
			const working = run(id, title, work, controller.signal);
			running.add(working);
			void working.finally(() => running.delete(working));
			return id;
		},
		list: () => jobs,
		cancel(id) {
			controllers.get(id)?.abort();
		},
		cancelAll() {
			for (const controller of controllers.values()) controller.abort();
		},
		async end() {
			for (const controller of controllers.values()) controller.abort();
			const waited = new AbortController();
			await Promise.race([Promise.allSettled(running), setTimeout(mostClearingMs, undefined, {signal: waited.signal}).catch(() => undefined)]);
			waited.abort();
		},
		subscribe(listener) {
			listeners.add(listener);
			return () => listeners.delete(listener);
		},
	};
};

import type {BuildState, BuildStep} from './build-steps.ts';

/** From when to when a build's steps ran, epoch ms: what a bar's whole width stands for. */
export type TimeAxis = {readonly from: number; readonly to: number};

/** While steps run, the axis ends now. Undefined before the first has begun. */
export const axisOf = ({steps}: BuildState, now: number): TimeAxis | undefined => {
	let from = Number.POSITIVE_INFINITY;
	let to = 0;
	for (const {begunAt, vertex, state} of steps.values()) {
		if (begunAt === undefined) continue;
		from = Math.min(from, begunAt);
		to = Math.max(to, state === 'running' ? now : (vertex.completedAt ?? begunAt));
	}
	return from === Number.POSITIVE_INFINITY ? undefined : {from, to: Math.max(to, from)};
};

/** What a step has taken until now, its turns together, in ms. */
export const takenBy = ({state, elapsedMs, vertex}: BuildStep, now: number): number =>
	state === 'running' ? elapsedMs + Math.max(0, now - (vertex.startedAt ?? now)) : elapsedMs;

/** A step's place on the axis in cells: so many before it, so many of it (at least one), of `width`. */
export const barOf = ({begunAt, state, vertex}: BuildStep, {from, to}: TimeAxis, now: number, width: number): {readonly before: number; readonly cells: number} | undefined => {
	if (begunAt === undefined || width <= 0) return undefined;
	const end = state === 'running' ? now : (vertex.completedAt ?? begunAt);
	const scale = to === from ? 0 : width / (to - from);
	const before = Math.min(width - 1, Math.max(0, Math.floor((begunAt - from) * scale)));
	return {before, cells: Math.min(width - before, Math.max(1, Math.round((end - begunAt) * scale)))};
};

export type BuildTimes = {
	/** From the first step's beginning to the last one's end. */
	readonly realMs: number;
	/** What all steps took, one after the other. */
	readonly accumulatedMs: number;
	/** 0…1 of the steps that have begun; undefined when none has. */
	readonly cachedShare: number | undefined;
	/** Slowest first; cached ones took no time. */
	readonly slowest: ReadonlyArray<{readonly step: BuildStep; readonly ms: number}>;
};

export const timesOf = (state: BuildState, now: number, most = 5): BuildTimes => {
	const axis = axisOf(state, now);
	const begun = [...state.steps.values()].filter(({number}) => number !== undefined);
	const taken = begun.map((step) => ({step, ms: takenBy(step, now)}));
	return {
		realMs: axis === undefined ? 0 : axis.to - axis.from,
		accumulatedMs: taken.reduce((sum, {ms}) => sum + ms, 0),
		cachedShare: begun.length === 0 ? undefined : begun.filter(({state}) => state === 'cached').length / begun.length,
		slowest: taken.filter(({ms}) => ms > 0).sort((a, b) => b.ms - a.ms).slice(0, most),
	};
};

/** Tenths until a minute: `0.4s`, `59.9s`, `2m05s`, `1h02m`. At most six cells below a hundred hours. */
export const span = (ms: number): string => {
	const tenths = Math.floor(Math.max(0, ms) / 100);
	if (tenths < 600) return `${Math.floor(tenths / 10)}.${tenths % 10}s`;
	const seconds = Math.floor(tenths / 10);
	const two = (count: number) => String(count).padStart(2, '0');
	return seconds < 3600 ? `${Math.floor(seconds / 60)}m${two(seconds % 60)}s` : `${Math.floor(seconds / 3600)}h${two(Math.floor((seconds % 3600) / 60))}m`;
};

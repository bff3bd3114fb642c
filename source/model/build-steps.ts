import type {BuildStatus, BuildTrouble, Vertex, VertexStatus, VertexWarning} from './build.ts';

/** A step of a build as far as it is known. */
export type BuildStep = {
	/** From 1, in the order in which steps were first heard to have begun: how people speak of them. */
	readonly number: number | undefined;
	readonly vertex: Vertex;
	readonly state: 'waiting' | 'running' | 'done' | 'cached' | 'failed' | 'cancelled';
	/** Epoch ms, of its first turn. */
	readonly begunAt: number | undefined;
	/** Of all its turns: one that starts again is not begun anew. */
	readonly elapsedMs: number;
	readonly statuses: readonly VertexStatus[];
};

export type BuildState = {
	readonly steps: ReadonlyMap<string, BuildStep>;
	readonly warnings: readonly VertexWarning[];
	readonly numbered: number;
};

export const emptyBuild: BuildState = {steps: new Map(), warnings: [], numbered: 0};

const stateOf = ({startedAt, completedAt, isCached, error}: Vertex): BuildStep['state'] => {
	if (error !== '') return /\bcontext canceled\b/.test(error) ? 'cancelled' : 'failed';
	if (isCached) return 'cached';
	if (completedAt !== undefined) return 'done';
	return startedAt === undefined ? 'waiting' : 'running';
};

/** A step may run in turns, each with its own beginning and end. */
const elapsed = (earlier: BuildStep | undefined, {startedAt, completedAt}: Vertex): number => {
	const before = earlier?.elapsedMs ?? 0;
	if (startedAt === undefined || completedAt === undefined) return before;
	const isSameTurn = earlier?.vertex.startedAt === startedAt && earlier.vertex.completedAt === completedAt;
	return isSameTurn ? before : before + Math.max(0, completedAt - startedAt);
};

const withStatus = (statuses: readonly VertexStatus[], status: VertexStatus): readonly VertexStatus[] => {
	const at = statuses.findIndex(({id}) => id === status.id);
	return at < 0 ? [...statuses, status] : statuses.with(at, status);
};

/** What is known after one more message. */
export const reduceBuild = (state: BuildState, {vertexes, statuses, warnings}: BuildStatus): BuildState => {
	// Most messages are output of steps and nothing else: with hundreds of steps a copy for each would be most of the work.
	if (vertexes.length === 0 && statuses.length === 0 && warnings.length === 0) return state;
	const steps = new Map(state.steps);
	let {numbered} = state;
	for (const vertex of vertexes) {
		const earlier = steps.get(vertex.digest);
		const hasBegun = vertex.startedAt !== undefined || vertex.isCached || vertex.error !== '';
		steps.set(vertex.digest, {
			number: earlier?.number ?? (hasBegun ? ++numbered : undefined),
			vertex,
			state: stateOf(vertex),
			begunAt: earlier?.begunAt ?? vertex.startedAt,
			elapsedMs: elapsed(earlier, vertex),
			statuses: earlier?.statuses ?? [],
		});
	}

	for (const status of statuses) {
		const step = steps.get(status.vertex);
		if (step !== undefined) steps.set(status.vertex, {...step, statuses: withStatus(step.statuses, status)});
	}

	return {steps, numbered, warnings: warnings.length === 0 ? state.warnings : [...state.warnings, ...warnings]};
};

/** Nothing is heard after this: what still ran was cut off, at `at` (epoch ms) at the latest. */
export const endBuild = (state: BuildState, at: number): BuildState => {
	const cut = [...state.steps.values()].filter((step) => step.state === 'running');
	if (cut.length === 0) return state;
	const steps = new Map(state.steps);
	for (const step of cut) {
		const completedAt = Math.max(at, step.vertex.startedAt ?? at);
		steps.set(step.vertex.digest, {...step, state: 'cancelled', elapsedMs: step.elapsedMs + completedAt - (step.vertex.startedAt ?? completedAt), vertex: {...step.vertex, completedAt}});
	}

	return {...state, steps};
};

/** In the order of their numbers; what has not begun is left out. */
export const begunSteps = ({steps}: BuildState): readonly BuildStep[] =>
	[...steps.values()].filter(({number}) => number !== undefined).sort((left, right) => left.number! - right.number!);

/** How many lines before and after the ones that are meant. */
const contextLines = 2;

/** The lines that a failure is about, as they stand in the Dockerfile, with what is around them. */
export const sourceLines = ({text, ranges}: BuildTrouble['sources'][number]): ReadonlyArray<{readonly number: number; readonly text: string; readonly isMeant: boolean}> => {
	const meant = ranges.filter(({first}) => first > 0);
	if (meant.length === 0 || text === '') return [];
	const lines = text.replace(/\r?\n$/, '').split(/\r?\n/);
	const first = Math.max(1, Math.min(...meant.map(range => range.first)) - contextLines);
	const last = Math.min(lines.length, Math.max(...meant.map(range => range.last)) + contextLines);
	return lines.slice(first - 1, last).map((line, index) => {
		const number = first + index;
		return {number, text: line, isMeant: meant.some(range => range.first <= number && number <= range.last)};
	});
};

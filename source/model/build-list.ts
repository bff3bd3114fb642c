import type {VertexStatus} from './build.ts';
import type {BuildDetail} from './build-run.ts';
import {begunSteps, type BuildState, type BuildStep} from './build-steps.ts';
import {plain} from './sanitize.ts';
import {bytes} from './units.ts';

/** Those that have begun, in the order in which they did; then those that wait. */
export const orderedSteps = (state: BuildState): readonly BuildStep[] => [...begunSteps(state), ...[...state.steps.values()].filter(({number}) => number === undefined)];

/** `a1b2c3d4e5f6 12M/40M 30%`: what is counted of a layer that is fetched, or a context that is sent. */
export const amountOf = ({id, current, total}: VertexStatus): string => {
	const name = plain(id.replace(/^(?:\S+ )?sha256:([0-9a-f]{12})[0-9a-f]+/, '$1'));
	if (total > 0) return `${name} ${bytes(current)}/${bytes(total)} ${Math.min(100, Math.floor((100 * current) / total))}%`;
	return current > 0 ? `${name} ${bytes(current)}` : name;
};

/** So many things at once are said of one step. */
const mostNotes = 2;

/** What stands below a running step: what it fetches or sends, and the last thing that it said. */
export const notesOf = ({state, statuses, vertex}: BuildStep, detail: Pick<BuildDetail, 'lastLine'>): readonly string[] => {
	if (state !== 'running') return [];
	const open = statuses.filter(({completedAt}) => completedAt === undefined);
	const amounts = open.slice(-mostNotes).map(amountOf);
	const more = open.length > mostNotes ? [`and ${open.length - mostNotes} more`] : [];
	const line = detail.lastLine(vertex.digest);
	return [...amounts, ...more, ...(line === '' ? [] : [line])];
};

/** The step to look at when nobody has chosen: the one that the build failed by, else the one that began last. */
export const tellingStep = ({state, trouble}: Pick<BuildDetail, 'state' | 'trouble'>): BuildStep | undefined => {
	const begun = begunSteps(state);
	const guilty = trouble?.vertex === undefined ? undefined : state.steps.get(trouble.vertex);
	return guilty ?? begun.find((step) => step.state === 'failed') ?? begun.findLast((step) => step.state === 'running') ?? begun.at(-1);
};

export const chosenStep = (detail: Pick<BuildDetail, 'state' | 'trouble'>, vertex: string | undefined): BuildStep | undefined => (vertex === undefined ? undefined : detail.state.steps.get(vertex)) ?? tellingStep(detail);

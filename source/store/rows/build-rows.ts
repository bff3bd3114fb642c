import {type BuildRun, byStart, runName} from '../../model/build-run.ts';
import {createFilter} from '../../model/filter.ts';
import {naturalCompare} from '../../model/sort.ts';
import type {BuildRow, Listing} from './types.ts';

const took = ({startedAt, endedAt}: BuildRun): number => (endedAt ?? Number.POSITIVE_INFINITY) - startedAt;

const comparators: Readonly<Record<string, (a: BuildRun, b: BuildRun) => number>> = {
	age: byStart,
	name: (a, b) => naturalCompare(runName(a), runName(b)),
	status: (a, b) => naturalCompare(a.outcome, b.outcome),
	time: (a, b) => Math.sign(took(a) - took(b)) || 0,
};

/** A BuildKit knows no namespaces of ours: all builds are listed, wherever one looks. */
export const buildRows = (builds: ReadonlyMap<string, BuildRun>, pane: Listing): readonly BuildRow[] => {
	const filter = createFilter(pane.filter);
	const compare = comparators[pane.sort.column] ?? byStart;
	const sign = pane.sort.descending ? -1 : 1;
	return [...builds.values()]
		.filter((run) => pane.filter === '' || filter.matches({text: `${runName(run)} ${run.tags.join(' ')} ${run.context} ${run.target} ${run.outcome} ${run.user}`, labels: {}}))
		.sort((a, b) => sign * compare(a, b) || byStart(a, b))
		.map((run): BuildRow => ({kind: 'build', key: run.id, depth: 0, namespace: run.namespace, run}));
};

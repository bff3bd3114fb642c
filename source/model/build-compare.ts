import {type BuildState, type BuildStep, begunSteps} from './build-steps.ts';

/** A step of one run beside the same one of another. */
export type ComparedStep = {
	readonly name: string;
	readonly before: BuildStep | undefined;
	readonly now: BuildStep | undefined;
	/** What it takes longer now, in ms; undefined when one of them has not run it. */
	readonly moreMs: number | undefined;
};

/** `[build 3/7]` is `[build 3/8]` when a line is added at the end: the count says nothing of the step. */
const nameOf = ({vertex}: BuildStep): string => vertex.name.replace(/^\[([^\]]*?)(\d+)\/\d+\]/, '[$1$2]');

/**
Two runs step by step: those with the same digest first, then those with the same name that are left (what is sent has another digest each time, and so
has all that is made of it); each once. In the order of the newer run, with
what only the older one had at the end.
*/
export const compareBuilds = (before: BuildState, now: BuildState): readonly ComparedStep[] => {
	const left = begunSteps(before);
	const right = begunSteps(now);
	const free = new Set(left);
	const pairs = new Map<BuildStep, BuildStep>();
	const pair = (same: (a: BuildStep, b: BuildStep) => boolean) => {
		for (const step of right) {
			if (pairs.has(step)) continue;
			for (const other of free) {
				if (!same(other, step)) continue;
				pairs.set(step, other);
				free.delete(other);
				break;
			}
		}
	};
	pair((a, b) => a.vertex.digest === b.vertex.digest);
	pair((a, b) => nameOf(a) === nameOf(b));
	const both = right.map((step): ComparedStep => {
		const other = pairs.get(step);
		const moreMs = other === undefined ? undefined : step.elapsedMs - other.elapsedMs;
		return {name: step.vertex.name, before: other, now: step, moreMs};
	});
	return [...both, ...left.filter((step) => free.has(step)).map((step): ComparedStep => ({name: step.vertex.name, before: step, now: undefined, moreMs: undefined}))];
};

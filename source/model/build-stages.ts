import {orderedSteps} from './build-list.ts';
import type {BuildState, BuildStep} from './build-steps.ts';
import {takenBy} from './build-times.ts';

/** Where a step stands, as BuildKit's names say it: `[base 2/3] RUN make` is the second of the stage `base`. */
export type StagePlace = {readonly stage: string; readonly position: number | undefined; /** What is left to say below the stage's name: `2/3 RUN make`. */ readonly rest: string};

/** Of a Dockerfile with one stage, which has no name. */
const onlyStage = 'stage';

export const placeOf = (name: string): StagePlace => {
	const numbered = /^\[(?:([^\]]*?)\s+)?(\d+)\/(\d+)\]\s*(.*)$/s.exec(name);
	if (numbered !== null) return {stage: numbered[1] ?? onlyStage, position: Number(numbered[2]), rest: `${numbered[2]}/${numbered[3]} ${numbered[4]}`};
	const named = /^\[([^\]]+)\]\s*(.*)$/s.exec(name);
	return named === null ? {stage: '', position: undefined, rest: name} : {stage: named[1] as string, position: undefined, rest: named[2] as string};
};

export type BuildStage = {readonly name: string; readonly steps: readonly BuildStep[]};

/** Stages in the order in which the first step of each began, their steps as the Dockerfile has them; what belongs to none, such as exporting, is last. */
export const stagesOf = (state: BuildState): readonly BuildStage[] => {
	const groups = new Map<string, BuildStep[]>();
	for (const step of orderedSteps(state)) {
		const {stage} = placeOf(step.vertex.name);
		const group = groups.get(stage);
		if (group === undefined) groups.set(stage, [step]);
		else group.push(step);
	}
	const position = ({vertex}: BuildStep): number => placeOf(vertex.name).position ?? 0;
	const stages = [...groups].map(([name, steps]) => ({name, steps: steps.toSorted((a, b) => position(a) - position(b))}));
	return [...stages.filter(({name}) => name !== ''), ...stages.filter(({name}) => name === '')];
};

/** The order of the list that is looked at. */
export const listedSteps = (state: BuildState, isByStage: boolean): readonly BuildStep[] => (isByStage ? stagesOf(state).flatMap(({steps}) => steps) : orderedSteps(state));

/** How far a stage is: so many of its steps are done, and what they took together in ms. */
export const progressOf = ({steps}: BuildStage, now: number): {readonly completed: number; readonly total: number; readonly ms: number} => ({
	completed: steps.filter(({state}) => state === 'done' || state === 'cached').length,
	total: steps.length,
	ms: steps.reduce((sum, step) => sum + takenBy(step, now), 0),
});

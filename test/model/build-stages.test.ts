import {describe, expect, test} from 'vitest';
import type {Vertex} from '../../source/model/build.ts';
import {listedSteps, placeOf, progressOf, stagesOf} from '../../source/model/build-stages.ts';
import {emptyBuild, reduceBuild} from '../../source/model/build-steps.ts';

const vertex = (name: string, more: Partial<Vertex> = {}): Vertex => ({...{digest: name, inputs: [], name, isCached: false, startedAt: undefined, completedAt: undefined, error: '', group: undefined, ...more}});

describe('the stage of a step', () => {
	test.each([
		['[base 2/3] RUN make', {stage: 'base', position: 2, rest: '2/3 RUN make'}],
		['[1/2] FROM x', {stage: 'stage', position: 1, rest: '1/2 FROM x'}],
		['[linux/arm64 base 10/12] RUN [ -e /x ]', {stage: 'linux/arm64 base', position: 10, rest: '10/12 RUN [ -e /x ]'}],
		['[internal] load .dockerignore', {stage: 'internal', position: undefined, rest: 'load .dockerignore'}],
		['exporting to image', {stage: '', position: undefined, rest: 'exporting to image'}],
		['', {stage: '', position: undefined, rest: ''}],
	])('%j', (name, place) => expect(placeOf(name)).toEqual(place));
});

test('stages stand as they began, their steps as they are numbered, and what belongs to none is last', () => {
	const began = {startedAt: 1000, completedAt: 3000};
	const vertexes = [vertex('exporting to image', began), vertex('[b 2/2] RUN two', began), vertex('[a 1/1] FROM x', {isCached: true}), vertex('[b 1/2] RUN one', began), vertex('[b 10/2] RUN ten')];
	const state = reduceBuild(emptyBuild, {vertexes, statuses: [], logs: [], warnings: []});
	const stages = stagesOf(state);
	expect(stages.map(({name, steps}) => [name, steps.map(({vertex: {name: step}}) => placeOf(step).rest)])).toEqual([['b', ['1/2 RUN one', '2/2 RUN two', '10/2 RUN ten']], ['a', ['1/1 FROM x']], ['', ['exporting to image']]]);
	expect(stages.map((stage) => progressOf(stage, 5000))).toEqual([{completed: 2, total: 3, ms: 4000}, {completed: 1, total: 1, ms: 0}, {completed: 1, total: 1, ms: 2000}]);
	expect(listedSteps(state, true)).toHaveLength(5);
	expect(listedSteps(state, false)[0]?.vertex.name).toBe('exporting to image');
});

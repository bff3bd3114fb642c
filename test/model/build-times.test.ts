import {describe, expect, test} from 'vitest';
import type {BuildStatus, Vertex} from '../../source/model/build.ts';
import {compareBuilds} from '../../source/model/build-compare.ts';
import {type BuildState, emptyBuild, reduceBuild} from '../../source/model/build-steps.ts';
import {axisOf, barOf, span, timesOf} from '../../source/model/build-times.ts';

const vertex = (digest: string, more: Partial<Vertex> = {}): Vertex => ({
	...{digest, inputs: [], name: digest, isCached: false, startedAt: undefined, completedAt: undefined, error: '', group: undefined, ...more},
});

const told = (...vertexes: readonly Vertex[]): BuildState =>
	vertexes.reduce<BuildState>((state, each) => reduceBuild(state, {vertexes: [each], statuses: [], logs: [], warnings: []} satisfies BuildStatus), emptyBuild);

describe('the time of a build', () => {
	const state = told(
		vertex('cached', {startedAt: 1000, completedAt: 1000, isCached: true}),
		vertex('first', {startedAt: 1000, completedAt: 3000}),
		vertex('beside', {startedAt: 1000, completedAt: 5000}),
		vertex('runs', {startedAt: 5000}),
		vertex('waits'),
	);

	test('real, accumulated, the share of the cache and what took longest', () => {
		const {realMs, accumulatedMs, cachedShare, slowest} = timesOf(state, 9000, 2);
		expect([realMs, accumulatedMs, cachedShare]).toEqual([8000, 10_000, 0.25]);
		expect(slowest.map(({step, ms}) => [step.vertex.name, ms])).toEqual([['beside', 4000], ['runs', 4000]]);
		expect(timesOf(emptyBuild, 9000)).toEqual({realMs: 0, accumulatedMs: 0, cachedShare: undefined, slowest: []});
	});

	test('as bars on one axis, which never leave it', () => {
		const axis = axisOf(state, 9000);
		expect(axis).toEqual({from: 1000, to: 9000});
		const bars = [...state.steps.values()].map((step) => (axis === undefined ? undefined : barOf(step, axis, 9000, 8)));
		expect(bars).toEqual([{before: 0, cells: 1}, {before: 0, cells: 2}, {before: 0, cells: 4}, {before: 4, cells: 4}, undefined]);
		expect(axisOf(told(vertex('waits')), 1)).toBeUndefined();
		const [point] = told(vertex('a', {startedAt: 5, completedAt: 5})).steps.values();
		expect(point && barOf(point, {from: 5, to: 5}, 5, 8)).toEqual({before: 0, cells: 1});
	});

	test('a step that runs in turns begins where the first did', () => {
		const again = told(vertex('a', {startedAt: 10, completedAt: 12}), vertex('a', {startedAt: 20, completedAt: 25}));
		expect([axisOf(again, 99), again.steps.get('a')?.elapsedMs]).toEqual([{from: 10, to: 25}, 7]);
	});

	test.each([[0, '0.0s'], [99, '0.0s'], [1234, '1.2s'], [59_999, '59.9s'], [60_000, '1m00s'], [125_000, '2m05s'], [3_720_000, '1h02m'], [-5, '0.0s']])('%d ms is %s', (ms, text) => {
		expect(span(ms)).toBe(text);
	});
});

describe('two runs of one build', () => {
	const step = (name: string, digest: string, ms: number) => vertex(digest, {name, startedAt: 1000, completedAt: 1000 + ms});

	test('step by step: by digest, then by name, each once', () => {
		const before = told(step('[1/2] FROM x', 'x', 100), step('[2/2] RUN make', 'old', 500), step('exporting', 'e', 5));
		const now = told(step('[1/3] FROM x', 'x', 150), step('[2/3] RUN make', 'new', 300), step('[3/3] RUN test', 'test', 9), step('exporting', 'e2', 5));
		expect(compareBuilds(before, now).map(({name, before: left, now: right, moreMs}) => [name, left !== undefined, right !== undefined, moreMs])).toEqual([
			['[1/3] FROM x', true, true, 50],
			['[2/3] RUN make', true, true, -200],
			['[3/3] RUN test', false, true, undefined],
			['exporting', true, true, 0],
		]);
	});

	test('what only the older has comes last; two of the same name are two', () => {
		const before = told(step('RUN x', 'a', 1), step('RUN x', 'b', 2), step('RUN y', 'y', 3));
		const now = told(step('RUN x', 'c', 1));
		expect(compareBuilds(before, now).map(({name, before: left, now: right}) => [name, left?.vertex.digest, right?.vertex.digest])).toEqual([
			['RUN x', 'a', 'c'],
			['RUN x', 'b', undefined],
			['RUN y', 'y', undefined],
		]);
	});
});

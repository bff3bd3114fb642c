import {describe, expect, test} from 'vitest';
import type {BuildStatus, Vertex} from '../../source/model/build.ts';
import {type BuildState, begunSteps, emptyBuild, endBuild, reduceBuild, sourceLines} from '../../source/model/build-steps.ts';

const vertex = (digest: string, more: Partial<Vertex> = {}): Vertex => ({
	...{digest, inputs: [], name: digest, isCached: false, startedAt: undefined, completedAt: undefined, error: '', group: undefined, ...more},
});

const told = (...messages: ReadonlyArray<Partial<BuildStatus>>): BuildState =>
	messages.reduce<BuildState>((state, message) => reduceBuild(state, {vertexes: [], statuses: [], logs: [], warnings: [], ...message}), emptyBuild);

describe('the steps of a build', () => {
	test('have numbers in the order in which they began', () => {
		const state = told({vertexes: [vertex('a'), vertex('b', {startedAt: 1})]}, {vertexes: [vertex('a', {startedAt: 2})]});
		expect(begunSteps(state).map(({number, vertex: {digest}}) => [number, digest])).toEqual([[1, 'b'], [2, 'a']]);
		expect(begunSteps(told({vertexes: [vertex('a')]}))).toEqual([]);
	});

	test.each<[string, Partial<Vertex>]>([
		['waiting', {}],
		['running', {startedAt: 1}],
		['done', {startedAt: 1, completedAt: 2}],
		['cached', {startedAt: 1, completedAt: 1, isCached: true}],
		['failed', {startedAt: 1, completedAt: 2, error: 'exit code: 1'}],
		['cancelled', {startedAt: 1, completedAt: 2, error: 'process did not complete: context canceled'}],
	])('are %s', (state, more) => {
		expect(told({vertexes: [vertex('a', more)]}).steps.get('a')?.state).toBe(state);
	});

	test('add up the time of their turns, and count none twice', () => {
		const first = vertex('a', {startedAt: 10, completedAt: 15});
		const second = vertex('a', {startedAt: 20, completedAt: 22});
		expect(told({vertexes: [first]}, {vertexes: [first]}, {vertexes: [vertex('a', {startedAt: 20})]}, {vertexes: [second]}).steps.get('a')?.elapsedMs).toBe(7);
	});

	test('keep the last of everything that they count', () => {
		const status = {vertex: 'a', name: '', total: 9, startedAt: 1, completedAt: undefined};
		const state = told({vertexes: [vertex('a', {startedAt: 1})], statuses: [{...status, id: 'x', current: 1}]}, {statuses: [{...status, id: 'y', current: 2}, {...status, id: 'x', current: 3}]});
		expect(state.steps.get('a')?.statuses.map(({id, current}) => [id, current])).toEqual([['x', 3], ['y', 2]]);
	});
});

describe('the lines that a failure is about', () => {
	const text = 'one\ntwo\nthree\nfour\nfive\nsix\n';

	test.each([
		['the first', [{first: 1, last: 1}], [1, 2, 3], [1]],
		['the last', [{first: 6, last: 6}], [4, 5, 6], [6]],
		['two ranges', [{first: 2, last: 2}, {first: 4, last: 4}], [1, 2, 3, 4, 5, 6], [2, 4]],
		['none', [{first: 0, last: 0}], [], []],
		['beyond the end', [{first: 40, last: 41}], [], []],
	])('%s', (_what, ranges, numbers, meant) => {
		const lines = sourceLines({file: 'Dockerfile', text, ranges});
		expect([lines.map(({number}) => number), lines.filter(({isMeant}) => isMeant).map(({number}) => number)]).toEqual([numbers, meant]);
	});
});

test('what still runs when nothing more is heard was cut off then', () => {
	const state = endBuild(told({vertexes: [vertex('a', {startedAt: 10}), vertex('b', {startedAt: 1, completedAt: 2}), vertex('c')]}), 25);
	expect([...state.steps.values()].map(({state: how, elapsedMs}) => [how, elapsedMs])).toEqual([['cancelled', 15], ['done', 1], ['waiting', 0]]);
	expect(endBuild(state, 99)).toBe(state);
});

import {describe, expect, test} from 'vitest';
import {createFilter} from '../../source/model/filter.ts';

const row = {
	text: 'web-1 docker.io/library/nginx:1.27 exited (137) shop Default',
	labels: {'com.docker.compose.service': 'web', 'com.docker.compose.project': 'shop', 'nerdctl/name': 'web-1', empty: ''},
};

describe('matches', () => {
	test.each([
		['', true],
		['   ', true],
		['web', true],
		['WEB', false],
		['default', true],
		['Default', true],
		['api', false],
		['!api', true],
		['!web', false],
		['!', true],
		['~', true],
		['!~', true],
		['~wnx', true],
		['~xwn', false],
		['!~xwn', true],
		['web exited', true],
		['web !exited', false],
		['exited 137', true],
		['"exited (137)"', true],
		['"web exited"', false],
		['!"web exited"', true],
		['""', true],
		['/^web-\\d/', true],
		['/^WEB/', false],
		['/nginx:1\\.\\d+ exited/', true],
		['!/^api/', true],
		['/library/nginx', true],
		['/', true],
		['//', false],
		['service=web', true],
		['service=we', true],
		['service==we', false],
		['service==web', true],
		['com.docker.compose.service=web', true],
		['compose.service=web', true],
		['vice=web', false],
		['name=web-1', true],
		['service=api', false],
		['!service=api', true],
		['project=shop service=web', true],
		['empty=', true],
		['missing=', false],
		['constructor=', false],
	])('%j → %j', (text, matches) => {
		expect(createFilter(text).matches(row)).toBe(matches);
	});

	test('a pair that is no label is still a part of the text', () => {
		expect(createFilter('a=b').matches({text: 'export a=b'})).toBe(true);
	});

	test('a regex keeps no position between rows', () => {
		const filter = createFilter('/web/');
		expect([filter.matches(row), filter.matches(row), filter.matches({text: 'web'})]).toEqual([true, true, true]);
	});
});

test('a broken regex is reported, hides nothing, and leaves the other terms in force', () => {
	const filter = createFilter('/[/ web');
	expect(filter.error).toMatch(/^Invalid regular expression: /);
	expect(filter.matches(row)).toBe(true);
	expect(filter.matches({text: 'api'})).toBe(false);
	expect(createFilter('/[/').matches({text: 'api'})).toBe(true);
	expect(createFilter('web').error).toBeUndefined();
});

test.each([
	['', true],
	['!', true],
	['web', false],
])('%j filters nothing: %j', (text, empty) => {
	expect(createFilter(text).empty).toBe(empty);
});

test.each([
	['web', 'web-1 WEB', [[0, 3], [6, 9]]],
	['WEB', 'web-1 WEB', [[6, 9]]],
	['we eb', 'web', [[0, 3]]],
	['~wb', 'web', [[0, 1], [2, 3]]],
	['/\\d+/', 'a1b22', [[1, 2], [3, 5]]],
	['/x*/', 'axx', [[1, 3]]],
	['!web', 'web', []],
	['日', '今日', [[1, 2]]],
	['service=web', 'web', []],
])('%j lights up %j at %j', (text, line, ranges) => {
	expect(createFilter(text).ranges(line)).toEqual(ranges);
});

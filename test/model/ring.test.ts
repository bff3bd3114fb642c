import {expect, test} from 'vitest';
import {createRing} from '../../source/model/ring.ts';
import {sparkline} from '../../source/model/sparkline.ts';

test('a ring keeps the newest and forgets the oldest', () => {
	const ring = createRing(3);
	expect([ring.size, ring.last(), ring.max(), ring.values()]).toEqual([0, undefined, 0, []]);
	for (const value of [5, 1, 2, 3]) ring.push(value);
	expect([ring.size, ring.last(), ring.max(), ring.values()]).toEqual([3, 3, 3, [1, 2, 3]]);
	expect(ring.values(2)).toEqual([2, 3]);
	expect(ring.values(9)).toEqual([1, 2, 3]);
	ring.clear();
	expect(ring.values()).toEqual([]);
});

test.each([
	[[0, 50, 100], {width: 3, max: 100}, '▁▄█'],
	[[0, 50, 100], {width: 3, max: 100, ascii: true}, '_=#'],
	[[1, 2, 3, 4], {width: 2}, '▆█'],
	[[1], {width: 3}, '  █'],
	[[0, 0], {width: 2}, '▁▁'],
	[[Number.NaN, 1], {width: 2}, ' █'],
	[[200], {width: 1, max: 100}, '█'],
	[[], {width: 2}, '  '],
	[[1, 2], {width: 0}, ''],
])('sparkline %j %j', (values, options, expected) => {
	expect(sparkline(values, options)).toBe(expected);
});

import {describe, expect, test} from 'vitest';
import {goDurationOf, parseBytes, parseMilliseconds, parseNanoseconds} from '../../../source/model/compose/quantities.ts';

describe('a size', () => {
	test.each([
		['0', 0],
		['1024', 1024],
		['1b', 1],
		['1k', 1024],
		['1kb', 1024],
		['1KiB', 1024],
		['64m', 67_108_864],
		['64 MB', 67_108_864],
		['1.5g', 1_610_612_736],
		['2t', 2 * 2 ** 40],
		['-1', -1],
	])('%s is %d bytes', (text, bytes) => {
		expect(parseBytes(text)).toBe(bytes);
	});

	test.each(['', 'm', '64x', '1.g', 'one', '64mm', '-5', '1e3'])('%j is none', text => {
		expect(parseBytes(text)).toBeUndefined();
	});
});

describe('a duration', () => {
	test.each([
		['0s', '0s'],
		['500ms', '500ms'],
		['1.5s', '1.5s'],
		['90s', '1m30s'],
		['1m30s', '1m30s'],
		['1h', '1h0m0s'],
		['36h', '36h0m0s'],
		['1d', '24h0m0s'],
		['1w', '168h0m0s'],
		['100us', '100µs'],
		['10ns', '10ns'],
		['10', '10s'],
		['1h0m0.25s', '1h0m0.25s'],
	])('%s is %s', (text, shown) => {
		expect(goDurationOf(parseNanoseconds(text) ?? Number.NaN)).toBe(shown);
	});

	test.each(['', 's', '1x', '-1s', '1s 2m', '1.s'])('%j is none', text => {
		expect(parseNanoseconds(text)).toBeUndefined();
	});

	test('counts in milliseconds too', () => {
		expect(parseMilliseconds('1m0.5s')).toBe(60_500);
	});
});

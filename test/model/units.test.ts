import {expect, test} from 'vitest';
import {age, ago, binaryBytes, bytes, decimalBytes, duration, goDuration, percent} from '../../source/model/units.ts';

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;

test.each([
	[0, '0B'],
	[999, '999B'],
	[1000, '1.0K'],
	[1024, '1.0K'],
	[10_239, '10K'],
	[32_505_856, '31M'],
	[1_288_490_189, '1.2G'],
	[1023 * 1024 * 1024, '1.0G'],
	[5 * 1024 ** 4, '5.0T'],
	[-1, '0B'],
])('bytes %i → %s', (count, text) => {
	expect(bytes(count)).toBe(text);
	expect(text.length).toBeLessThanOrEqual(4);
});

test.each([
	[0, '0B', '0B'],
	[1, '1B', '1B'],
	[1000, '1000B', '1kB'],
	[1023, '1023B', '1.023kB'],
	[1024, '1KiB', '1.024kB'],
	[12_345, '12.06KiB', '12.35kB'],
	[1088, '1.062KiB', '1.088kB'],
	[1_572_864, '1.5MiB', '1.573MB'],
	[1_048_575, '1024KiB', '1.049MB'],
	[999_999, '976.6KiB', '1000kB'],
	[3_412_992_000, '3.179GiB', '3.413GB'],
])('%i is %s and %s, as go-units prints it', (count, binary, decimal) => {
	expect(binaryBytes(count)).toBe(binary);
	expect(decimalBytes(count)).toBe(decimal);
});

test.each([
	[-5, '0s', 'Less than a second'],
	[999, '0s', 'Less than a second'],
	[1000, '1s', '1 second'],
	[59_999, '59s', '59 seconds'],
	[minute, '1m', 'About a minute'],
	[2 * minute, '2m', '2 minutes'],
	[59 * minute, '59m', '59 minutes'],
	[hour, '1h', 'About an hour'],
	[89 * minute, '1h', 'About an hour'],
	[90 * minute, '1h', '2 hours'],
	[47 * hour, '1d', '47 hours'],
	[2 * day, '2d', '2 days'],
	[13 * day, '13d', '13 days'],
	[14 * day, '14d', '2 weeks'],
	[59 * day, '59d', '8 weeks'],
	[60 * day, '60d', '2 months'],
	[729 * day, '729d', '24 months'],
	[730 * day, '730d', '2 years'],
	[1100 * day, '3y', '3 years'],
])('%i ms is %s and %s', (span, compact, long) => {
	expect(duration(span)).toBe(compact);
	expect(goDuration(span)).toBe(long);
});

test('ages count from a given now, and a clock that is behind makes none negative', () => {
	expect(ago(0, 2 * hour)).toBe('2 hours ago');
	expect(ago(5000, 0)).toBe('Less than a second ago');
	expect(age(0, 3 * hour)).toBe('3h');
	expect(age(5000, 0)).toBe('0s');
});

test.each([
	[0, '0%'],
	[0.4, '0%'],
	[41.5, '42%'],
	[398.7, '399%'],
	[-1, '0%'],
	[Number.NaN, '-'],
])('percent %d → %s', (value, text) => {
	expect(percent(value)).toBe(text);
});

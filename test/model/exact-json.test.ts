import {expect, test} from 'vitest';
import {parseExactly} from '../../source/model/exact-json.ts';

test('whole numbers keep all their digits, and what a number can say stays one', () => {
	expect(parseExactly('{"hard": 18446744073709551615, "least": -9223372036854775808, "soft": 9007199254740991, "share": 0.5, "large": 1e300}')).toEqual({
		hard: 18_446_744_073_709_551_615n,
		least: -9_223_372_036_854_775_808n,
		soft: Number.MAX_SAFE_INTEGER,
		share: 0.5,
		large: 1e300,
	});
});

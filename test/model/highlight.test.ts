import {expect, test} from 'vitest';
import {highlight} from '../../source/model/highlight.ts';

const red = '\u001B[31m';
const reset = '\u001B[0m';

test.each([
	['web-1', [], 'web-1'],
	['web-1', [[0, 3]], '<web>-1'],
	['web-1', [[3, 5]], 'web<-1>'],
	['abcdef', [[0, 1], [2, 4]], '<a>b<cd>ef'],
	[`${red}abc${reset}d`, [[1, 2]], `${red}a<b>c${reset}d`],
	[`a${red}bc${reset}d`, [[0, 4]], `<a${red}<bc${reset}<d>`],
	[`ab${red}`, [[0, 2]], `<ab>${red}`],
	['ab', [[5, 9]], 'ab'],
	['日本', [[1, 2]], '日<本>'],
] as ReadonlyArray<[string, ReadonlyArray<readonly [number, number]>, string]>)('%j at %j', (text, ranges, expected) => {
	expect(highlight(text, ranges, '<', '>')).toBe(expected);
});

import {describe, expect, test} from 'vitest';
import {parseEnvFile, parseRawEnvFile} from '../../../source/model/compose/dotenv.ts';

const options = {file: 'x.env', lookup: (name: string) => ({HOME: '/home/me', OVER: 'outer'})[name]};
const read = (text: string) => Object.fromEntries(parseEnvFile(text, options));

describe('an environment file', () => {
	test.each([
		['', {}],
		['\uFEFFA=1', {A: '1'}],
		['A=1\nB=2\n', {A: '1', B: '2'}],
		['A=1\r\nB=2\r\n', {A: '1', B: '2'}],
		['# only\n\n  # comments\n', {}],
		['A = spaced \n', {A: 'spaced'}],
		['A: yaml\n', {A: 'yaml'}],
		['export A=1', {A: '1'}],
		['A=', {A: ''}],
		['A= # nothing', {A: ''}],
		['A=b # comment', {A: 'b'}],
		['A=b#no comment', {A: 'b#no comment'}],
		['A="b # c" # d', {A: 'b # c'}],
		["A='$HOME'", {A: '$HOME'}],
		['A="$HOME"', {A: '/home/me'}],
		['A=$HOME/x', {A: '/home/me/x'}],
		['A=1\nB=${A}2', {A: '1', B: '12'}],
		['OVER=inner\nB=$OVER', {OVER: 'inner', B: 'outer'}],
		['A=${NOT:-standard}', {A: 'standard'}],
		['A="one\ntwo"\nB=3', {A: 'one\ntwo', B: '3'}],
		["A='one\ntwo'", {A: 'one\ntwo'}],
		['A="t\\tn\\nq\\"d\\$HOME"', {A: 't\tn\nq"d$HOME'}],
		["A='it\\'s'", {A: "it's"}],
		["A='b\\n'", {A: 'b\\n'}],
		['HOME\nNOT\nB=1', {HOME: '/home/me', B: '1'}],
		['A.b-c[0]=1', {'A.b-c[0]': '1'}],
		['A=1\nA=2', {A: '2'}],
		['A=a=b', {A: 'a=b'}],
	])('%j says %j', (text, expected) => {
		expect(read(text)).toEqual(expected);
	});

	test.each([
		['A=1\n=2', 'x.env:2: "=2" is not NAME=value'],
		['A=1\nB C=2', 'x.env:2: "B C=2" is not NAME=value'],
		['A=1\n\nB="open\n', 'x.env:3: the value of B has no closing "'],
		['A=${B', 'x.env:1: "${B" is not a valid use of a variable'],
		['A=${B:?is missing}', 'x.env:1: the variable B is required: is missing'],
	])('%j is refused', (text, message) => {
		expect(() => read(text)).toThrow(message);
	});

	test('a long one costs its length, not the square of it', () => {
		const text = Array.from({length: 20_000}, (_, at) => `NAME_${at}="value ${at}" # comment`).join('\n');
		const before = process.cpuUsage();
		expect(parseEnvFile(text, options).size).toBe(20_000);
		expect(process.cpuUsage(before).user / 1000).toBeLessThan(1500);
	});
});

test('a raw one is taken literally', () => {
	const text = '# no\nA="quoted" # kept\nB=$HOME\n\nC=a=b\n';
	expect(Object.fromEntries(parseRawEnvFile(text, options))).toEqual({A: '"quoted" # kept', B: '$HOME', C: 'a=b'});
	expect(() => parseRawEnvFile('A=1\nB\n', options)).toThrow('x.env:2: "B" is not NAME=value');
});

import {describe, expect, test} from 'vitest';
import {parseCriLine, parseCutJsonFileLine, parseJsonFileLine} from '../../source/model/log-parse.ts';
import {parseLogTime} from '../../source/model/log-time.ts';

const at = Date.UTC(2026, 10, 24, 3, 42, 20, 123);
const time = '2026-11-24T03:42:20.123456789Z';
const entry = (log: string, rest = `"stream":"stdout","time":"${time}"`): string => `{"log":${JSON.stringify(log)},${rest}}`;

describe('json-file', () => {
	test.each([
		['a plain line', entry('hello\n'), {text: 'hello', stream: 'stdout', at, nanos: 123_456_789}],
		['stderr', entry('oops\n', `"stream":"stderr","time":"${time}"`), {text: 'oops', stream: 'stderr', at, nanos: 123_456_789}],
		['escapes', entry('say "hi"\t\\ \u001b[31mé\n'), {text: 'say "hi"\t\\ \u001b[31mé', stream: 'stdout', at, nanos: 123_456_789}],
		['HTML escapes of Go', `{"log":"\\u003ca\\u003e \\u0026\\n","stream":"stdout","time":"${time}"}`, {text: '<a> &', stream: 'stdout', at, nanos: 123_456_789}],
		['a partial line', entry('Password: '), {text: 'Password: ', stream: 'stdout', partial: true, at, nanos: 123_456_789}],
		['a text that ends with a backslash and an n', entry('C:\\n'), {text: 'C:\\n', stream: 'stdout', partial: true, at, nanos: 123_456_789}],
		['a backslash before the line break', entry('a\\\n'), {text: 'a\\', stream: 'stdout', at, nanos: 123_456_789}],
		['the separator inside the text', entry('","stream":"stderr"\n'), {text: '","stream":"stderr"', stream: 'stdout', at, nanos: 123_456_789}],
		['an empty line', entry('\n'), {text: '', stream: 'stdout', at, nanos: 123_456_789}],
		['fields in another order', `{"time":"${time}","stream":"stderr","log":"x\\n"}`, {text: 'x', stream: 'stderr', at, nanos: 123_456_789}],
		['docker with attributes', entry('x\n', `"stream":"stdout","attrs":{"tag":"a"},"time":"${time}"`), {text: 'x', stream: 'stdout', at, nanos: 123_456_789}],
		['no text at all', `{"stream":"stdout","time":"${time}"}`, {text: '', stream: 'stdout', partial: true, at, nanos: 123_456_789}],
		['another zone', entry('x\n', '"stream":"stdout","time":"2026-11-24T05:42:20.123+02:00"'), {text: 'x', stream: 'stdout', at, nanos: 123_000_000}],
		['a time that is none', entry('x\n', '"stream":"stdout","time":"yesterday"'), {text: 'x', stream: 'stdout', at: undefined}],
		['truncated', '{"log":"half a li', {text: '{"log":"half a li', stream: 'stdout', broken: true, at: undefined}],
		['no JSON', 'Segmentation fault', {text: 'Segmentation fault', stream: 'stdout', broken: true, at: undefined}],
		['JSON, but no entry', '{"level":"info"}', {text: '{"level":"info"}', stream: 'stdout', broken: true, at: undefined}],
		['two entries run together', `{"log":"tr${entry('next\n')}`, {text: `{"log":"tr${entry('next\n')}`, stream: 'stdout', broken: true, at: undefined}],
		['a broken escape', `{"log":"\\x","stream":"stdout","time":"${time}"}`, {text: `{"log":"\\x","stream":"stdout","time":"${time}"}`, stream: 'stdout', broken: true, at: undefined}],
	])('%s', (_, line, expected) => {
		expect(parseJsonFileLine(line)).toEqual(expected);
	});

	test('the beginning of an overlong entry keeps its stream and time', () => {
		const whole = entry(`${'a'.repeat(100)}\\${'b'.repeat(100)}\n`, `"stream":"stderr","time":"${time}"`);
		expect(parseCutJsonFileLine(whole.slice(0, 109), whole.slice(-70))).toEqual({text: 'a'.repeat(100), stream: 'stderr', at, nanos: 123_456_789});
	});
});

describe('cri', () => {
	test.each([
		['full', `${time} stdout F hello world`, {text: 'hello world', stream: 'stdout', at, nanos: 123_456_789}],
		['partial', `${time} stderr P part`, {text: 'part', stream: 'stderr', partial: true, at, nanos: 123_456_789}],
		['tags', `${time} stdout F:x:y text`, {text: 'text', stream: 'stdout', at, nanos: 123_456_789}],
		['empty text', `${time} stdout F `, {text: '', stream: 'stdout', at, nanos: 123_456_789}],
		['local time', '2026-11-24T05:42:20.123456789+02:00 stdout F x', {text: 'x', stream: 'stdout', at, nanos: 123_456_789}],
		['spaces stay', `${time} stdout F   a  b `, {text: '  a  b ', stream: 'stdout', at, nanos: 123_456_789}],
		['another stream', `${time} stdin F x`, {text: `${time} stdin F x`, stream: 'stdout', broken: true, at: undefined}],
		['no format', 'hello', {text: 'hello', stream: 'stdout', broken: true, at: undefined}],
	])('%s', (_, line, expected) => {
		expect(parseCriLine(line)).toEqual(expected);
	});
});

test.each([
	['2026-11-24T03:42:20Z', at - 123, 0],
	['2026-11-24T03:42:20.1Z', at - 23, 100_000_000],
	['2026-11-23T22:12:20.123456789-05:30', at, 123_456_789],
	['2026-11-24 03:42:20Z', undefined, undefined],
	['2026-13-41T03:42:20Z', undefined, undefined],
	['2026-11-24T03:42:20', undefined, undefined],
	['2026-11-24T03:42:20.5X', undefined, undefined],
])('the time %s', (text, expected, nanos) => {
	expect(parseLogTime(text, 0, text.length)).toEqual(expected === undefined ? undefined : {at: expected, nanos});
});

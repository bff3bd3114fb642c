import {expect, test} from 'vitest';
import {encodeEntry, formatTime} from '../../../source/clients/json-log/json-entry.ts';

test.each([
	[0, '1970-01-01T00:00:00.000000000Z'],
	[1_700_000_000_123.456, '2023-11-14T22:13:20.123456000Z'],
	[1_700_000_000_999.999, '2023-11-14T22:13:20.999999000Z'],
	[1_699_999_999_999, '2023-11-14T22:13:19.999000000Z'],
])('%d ms is %s', (at, text) => {
	expect(formatTime(at).slice(0, -4)).toBe(text.slice(0, -4));
	expect(formatTime(at)).toHaveLength(30);
});

test('an entry is one line of JSON, whatever the text holds', () => {
	const log = 'a "quoted"\tline \u001b[31m with \\ and \u2028\r\n';
	const entry = encodeEntry(log, 'stderr', '2023-11-14T22:13:20.123456000Z');
	expect(entry.indexOf('\n')).toBe(entry.length - 1);
	expect(JSON.parse(entry)).toEqual({log, stream: 'stderr', time: '2023-11-14T22:13:20.123456000Z'});
});

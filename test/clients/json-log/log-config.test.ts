import {mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterEach, beforeEach, describe, expect, test} from 'vitest';
import {parseSize, readLogConfig} from '../../../source/clients/json-log/log-config.ts';

test.each([
	['10m', 10_000_000],
	['10M', 10_000_000],
	['1.5k', 1500],
	['20MB', 20_000_000],
	['1g', 1_000_000_000],
	['512', 512],
	['0', undefined],
	['-1', undefined],
	['ten', undefined],
	['', undefined],
])('a size of %j is %j bytes', (text, bytes) => {
	expect(parseSize(text)).toBe(bytes);
});

describe('log-config.json', () => {
	let folder: string;
	beforeEach(() => {
		folder = mkdtempSync(join(tmpdir(), 'gantry-test-'));
	});
	afterEach(() => rmSync(folder, {recursive: true}));

	const read = (text: string) => {
		writeFileSync(join(folder, 'log-config.json'), text);
		return readLogConfig(folder, 'abc');
	};

	test('limits are read', () => {
		expect(read('{"driver":"json-file","opts":{"max-size":"1m","max-file":"4"}}')).toEqual({
			driver: 'json-file',
			path: join(folder, 'abc-json.log'),
			maxBytes: 1_000_000,
			maxFiles: 4,
		});
	});

	test('a log path of its own is used', () => {
		expect(read('{"driver":"json-file","opts":{"log-path":"/somewhere/else.log"}}').path).toBe('/somewhere/else.log');
	});

	test.each(['', '{', 'null', '[]', '{"driver":7,"opts":{"max-size":[],"max-file":"many"}}'])('%j gives the defaults', text => {
		expect(read(text)).toEqual({driver: 'json-file', path: join(folder, 'abc-json.log'), maxBytes: 104_857_600, maxFiles: 1});
	});

	test('without a file there are the defaults as well', () => {
		expect(readLogConfig(folder, 'abc').driver).toBe('json-file');
	});
});

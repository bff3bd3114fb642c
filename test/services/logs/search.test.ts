import {gzipSync} from 'node:zlib';
import {describe, expect, test} from 'vitest';
import type {ReadableLogSource} from '../../../source/model/log-source.ts';
import {parseLogQuery} from '../../../source/model/log-query.ts';
import type {LogsService} from '../../../source/services/logs/index.ts';
import {createLogFolder, criLine, jsonLine, jsonLines, textsOf} from './log-files.ts';

const queryOf = (text: string) => {
	const {query} = parseLogQuery(text);
	if (query === undefined) throw new Error(`no query: ${text}`);
	return query;
};

const find = async (logs: LogsService, source: ReadableLogSource, text: string): Promise<readonly string[]> => {
	const {count, positions} = await logs.search(source, queryOf(text));
	const found: string[] = [];
	for (const position of positions) found.push(...textsOf((await logs.read(source, {after: position, limit: 1})).records));
	expect(found.length).toBe(count);
	return found;
};

describe('json-file', () => {
	test.each([
		['any case', 'error', ['an Error', 'ERROR again']],
		['exact', 'Error', ['an Error']],
		['quotes are found in their escaped form', 'say "Hi"', ['say "Hi"']],
		['backslashes, too', 'C:\\Dir', ['C:\\Dir']],
		['angle brackets in either form', '<b>', ['<b> plain', '<b> escaped']],
		['other scripts', 'Größe', ['Größe']],
		['other scripts in any case', 'größe', ['Größe']],
		['regular expressions see the text', '/^an|again$/', ['an Error', 'ERROR again']],
		['names of fields are not text', 'stream', []],
		['nor are values of fields', 'stdout', []],
		['times neither', '2026-11', []],
		['nothing', 'absent', []],
	])('%s', async (_, pattern, expected) => {
		const {logs, path, write} = createLogFolder();
		const escaped = jsonLine('<b> escaped').replace('<b>', '\\u003cb\\u003e');
		write(['an Error', 'fine', 'ERROR again', 'say "Hi"', 'C:\\Dir', '<b> plain'].map(text => jsonLine(text)).join('') + escaped + jsonLine('Größe'));
		expect(await find(logs, {kind: 'json-file', path: path()}, pattern)).toEqual(expected);
	});

	test('matches anywhere in many megabytes are all found, as are those in rotated files', async () => {
		const {logs, path, write} = createLogFolder();
		write(gzipSync(jsonLines(0, 10, () => 'Needle packed')), 'x-json.log.2.gz');
		write(jsonLines(0, 60_000, index => (index % 1000 === 0 ? `Needle ${index}` : `hay ${index} ${'.'.repeat(index % 200)}`)), 'x-json.log.1');
		write(jsonLines(0, 10, index => `Needle Needle ${index}`));
		for (const pattern of ['Needle', 'needle', '/N[e]+dle/']) {
			const shares: number[] = [];
			const {count, positions, files} = await logs.search({kind: 'json-file', path: path()}, queryOf(pattern), {onProgress: share => shares.push(share)});
			expect(count).toBe(80);
			expect(positions.length).toBe(80);
			expect(files.map(file => file.path)).toEqual([path('x-json.log.2.gz'), path('x-json.log.1'), path()]);
			expect(shares.at(-1)).toBe(1);
			expect(shares).toEqual(shares.toSorted((a, b) => a - b));
		}
	});

	test('a needle in a line of megabytes, at any place, counts once', async () => {
		const {logs, path, write} = createLogFolder();
		for (const at of [0, 2_097_000, 2_097_140, 4_000_000]) {
			const text = `${'x'.repeat(at)}Needle${'x'.repeat(5_000_000 - at)}Needle`;
			write(jsonLine('a Needle') + jsonLine(text) + jsonLine('b Needle'));
			expect((await logs.search({kind: 'json-file', path: path()}, queryOf('Needle'))).count).toBe(3);
			write(jsonLine('a') + jsonLine(text) + jsonLine('b Needle'));
			expect((await logs.search({kind: 'json-file', path: path()}, queryOf('needle'))).count).toBe(2);
		}
	});

	test('only the newest positions are kept, all are counted', async () => {
		const {logs, path, write} = createLogFolder();
		write(jsonLines(0, 1000));
		const {count, positions} = await logs.search({kind: 'json-file', path: path()}, queryOf('line'), {maxPositions: 10});
		expect(count).toBe(1000);
		expect(positions.length).toBe(10);
		expect(textsOf((await logs.read({kind: 'json-file', path: path()}, {after: positions[9]!})).records)).toEqual(['line 999']);
	});

	test('it can be cancelled on the way', async () => {
		const {logs, path, write} = createLogFolder();
		write(jsonLines(0, 60_000));
		const controller = new AbortController();
		const searching = logs.search({kind: 'json-file', path: path()}, queryOf('line'), {signal: controller.signal, onProgress: () => controller.abort()});
		await expect(searching).rejects.toMatchObject({name: 'AbortError'});
	});
});

test('cri and raw', async () => {
	const {logs, write, path} = createLogFolder();
	write(criLine('find Me') + criLine('not'), '0.log');
	write('x Me\nno\nMe', 'raw');
	expect(await find(logs, {kind: 'cri', path: path('0.log')}, 'Me')).toEqual(['find Me']);
	expect(await find(logs, {kind: 'cri', path: path('0.log')}, 'stdout')).toEqual([]);
	expect((await logs.search({kind: 'raw', path: path('raw')}, queryOf('Me'))).count).toBe(2);
});

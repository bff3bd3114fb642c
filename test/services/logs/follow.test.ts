import {mkdirSync, renameSync, rmSync, truncateSync, writeFileSync} from 'node:fs';
import {afterEach, describe, expect, test} from 'vitest';
import type {LogRecord} from '../../../source/model/log-record.ts';
import type {ReadableLogSource} from '../../../source/model/log-source.ts';
import type {FollowOptions, LogsService} from '../../../source/services/logs/index.ts';
import {createLogFolder, criLine, jsonLine, jsonLines} from './log-files.ts';

const stops: Array<() => Promise<unknown>> = [];

afterEach(async () => {
	await Promise.all(stops.splice(0).map(async stop => stop()));
});

/** A follower that hands out one line at a time. */
const reader = (logs: LogsService, source: ReadableLogSource, from?: FollowOptions['from']) => {
	const controller = new AbortController();
	const batches = logs.follow(source, {from, signal: controller.signal})[Symbol.asyncIterator]();
	stops.push(async () => {
		controller.abort();
		return batches.return?.();
	});
	const ready: LogRecord[] = [];
	const next = async (): Promise<LogRecord> => {
		while (ready.length === 0) {
			const {value, done} = await batches.next();
			if (done === true) throw new Error('the follower ended');
			ready.push(...value.records);
		}
		return ready.shift() as LogRecord;
	};
	return {controller, batches, next, text: async () => (await next()).text};
};

describe('json-file', () => {
	test('what is appended comes, once, from where the page ended', async () => {
		const {logs, path, write, append} = createLogFolder();
		const source = {kind: 'json-file', path: path()} as const;
		write(jsonLines(0, 10));
		const {end} = await logs.read(source);
		const follower = reader(logs, source, end);
		append(jsonLine('a') + jsonLine('b'));
		expect(await follower.text()).toBe('a');
		expect(await follower.text()).toBe('b');
		append(jsonLine('c').slice(0, 20));
		append(jsonLine('c').slice(20));
		expect(await follower.text()).toBe('c');
	});

	test('rotation loses nothing, not even what is written between rename and reopen', async () => {
		const {logs, path, write, append} = createLogFolder();
		const source = {kind: 'json-file', path: path()} as const;
		write(jsonLine('one'));
		const follower = reader(logs, source);
		expect(await follower.text()).toBe('one');
		append(jsonLine('two'));
		renameSync(path(), path('x-json.log.1'));
		append(jsonLine('three'), 'x-json.log.1');
		write(jsonLine('four'));
		for (const text of ['two', 'three', 'four']) expect(await follower.text()).toBe(text);
	});

	test('several rotations between two looks are read in order', async () => {
		const {logs, path, write} = createLogFolder();
		const source = {kind: 'json-file', path: path()} as const;
		write(jsonLine('one'));
		const follower = reader(logs, source);
		expect(await follower.text()).toBe('one');
		renameSync(path(), path('x-json.log.2'));
		write(jsonLine('two'), 'x-json.log.1');
		write(jsonLine('three'));
		for (const text of ['two', 'three']) expect(await follower.text()).toBe(text);
	});

	test('a file cut to begin anew is said and read from its beginning', async () => {
		const {logs, path, write, append} = createLogFolder();
		write(jsonLine('one') + jsonLine('two'));
		const follower = reader(logs, {kind: 'json-file', path: path()});
		await follower.text();
		await follower.text();
		truncateSync(path());
		expect(await follower.next()).toMatchObject({notice: true, text: expect.stringContaining('cut')});
		append(jsonLine('three'));
		expect(await follower.text()).toBe('three');
	});

	test('half a line that a full disk made the logger take back is none, and nothing comes twice', async () => {
		const {logs, path, write, append} = createLogFolder();
		write(jsonLine('one') + jsonLine('a line that does not fit on the disk, for it is the longest of all').slice(0, -1));
		const follower = reader(logs, {kind: 'json-file', path: path()});
		expect(await follower.text()).toBe('one');
		truncateSync(path(), jsonLine('one').length);
		append(jsonLine('two'));
		expect(await follower.text()).toBe('two');
	});

	test('a file that vanishes is a notice; when it returns it is read from its beginning', async () => {
		const {logs, path, write} = createLogFolder();
		write(jsonLine('one'));
		const follower = reader(logs, {kind: 'json-file', path: path()});
		expect(await follower.text()).toBe('one');
		rmSync(path());
		expect(await follower.next()).toMatchObject({notice: true, text: expect.stringContaining('not there')});
		write(jsonLine('two'));
		expect(await follower.next()).toMatchObject({notice: true, text: expect.stringContaining('back')});
		expect(await follower.text()).toBe('two');
	});

	test('a file that is not there yet, nor its directory', async () => {
		const {logs, path} = createLogFolder();
		const follower = reader(logs, {kind: 'json-file', path: path('later/x-json.log')});
		expect(await follower.next()).toMatchObject({notice: true});
		mkdirSync(path('later'));
		writeFileSync(path('later/x-json.log'), jsonLine('one'));
		expect(await follower.next()).toMatchObject({notice: true});
		expect(await follower.text()).toBe('one');
	});

	test('half an entry whose writer died is shown as it is once all is quiet', async () => {
		const {logs, path, write} = createLogFolder();
		write(`${jsonLine('one')}{"log":"hal`);
		const follower = reader(logs, {kind: 'json-file', path: path()});
		expect(await follower.text()).toBe('one');
		expect(await follower.next()).toMatchObject({text: '{"log":"hal', broken: true});
	});

	test('abort ends it, also while it waits', async () => {
		const {logs, path, write} = createLogFolder();
		write(jsonLine('one'));
		const follower = reader(logs, {kind: 'json-file', path: path()});
		expect(await follower.text()).toBe('one');
		const end = follower.batches.next();
		follower.controller.abort();
		expect(await end).toMatchObject({done: true});
	});
});

test('CRI: a restarted container goes on in the next file', async () => {
	const {logs, path, write} = createLogFolder();
	write(criLine('one'), '0.log');
	const follower = reader(logs, {kind: 'cri', path: path('0.log')});
	expect(await follower.text()).toBe('one');
	write(criLine('two', undefined, 'P') + criLine('three'), '1.log');
	expect(await follower.next()).toMatchObject({text: 'two', partial: true});
	expect(await follower.text()).toBe('three');
});

test('raw: a prompt without a line break is shown', async () => {
	const {logs, path, write, append} = createLogFolder();
	write('hello\nPassword: ', 'raw.log');
	const follower = reader(logs, {kind: 'raw', path: path('raw.log')});
	expect(await follower.next()).toMatchObject({text: 'hello', at: undefined});
	expect(await follower.next()).toMatchObject({text: 'Password: ', partial: true});
	append('accepted\n', 'raw.log');
	expect(await follower.text()).toBe('accepted');
});

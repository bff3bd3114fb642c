import {existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterEach, beforeEach, describe, expect, test} from 'vitest';
import {openRotatingFile} from '../../source/shim/rotating-file.ts';

describe('a log file that rotates', () => {
	let folder: string;
	let path: string;
	beforeEach(() => {
		folder = mkdtempSync(join(tmpdir(), 'gantry-test-'));
		path = join(folder, 'deep', 'c-json.log');
	});
	afterEach(() => rmSync(folder, {recursive: true}));

	const records = (from: number, to: number): readonly string[] => Array.from({length: to - from}, (_, index) => `record ${String(from + index).padStart(3, '0')}\n`);

	test('keeps as many files as it may, none over its size, the oldest records gone first', () => {
		const file = openRotatingFile({path, maxBytes: 110, maxFiles: 3});
		file.write(records(0, 35));
		file.write(records(35, 36));
		file.close();
		expect(readdirSync(join(folder, 'deep')).sort()).toEqual(['c-json.log', 'c-json.log.1', 'c-json.log.2']);
		const texts = ['.2', '.1', ''].map(suffix => readFileSync(path + suffix, 'utf8'));
		expect(texts.join('')).toBe(records(10, 36).join(''));
		for (const text of texts) expect(text.length).toBeLessThanOrEqual(110);
	});

	test('with one file a follower sees a new inode, not a shorter file', () => {
		const file = openRotatingFile({path, maxBytes: 50, maxFiles: 1});
		file.write(records(0, 3));
		const before = statSync(path).ino;
		file.write(records(3, 6));
		file.close();
		expect(readFileSync(path, 'utf8')).toBe(records(4, 6).join(''));
		expect(statSync(path).ino).not.toBe(before);
		expect(existsSync(`${path}.1`)).toBe(false);
	});

	test('a record larger than the limit gets a file to itself, whole', () => {
		const file = openRotatingFile({path, maxBytes: 20, maxFiles: 3});
		const big = `${'x'.repeat(100)}\n`;
		file.write(['a\n', big, 'b\n']);
		file.close();
		expect(['.2', '.1', ''].map(suffix => readFileSync(path + suffix, 'utf8'))).toEqual(['a\n', big, 'b\n']);
	});

	test('goes on where an earlier run stopped', () => {
		openRotatingFile({path, maxBytes: 1000, maxFiles: 1}).close();
		writeFileSync(path, 'old\n');
		const file = openRotatingFile({path, maxBytes: 1000, maxFiles: 1});
		file.write(['new\n']);
		file.close();
		expect(readFileSync(path, 'utf8')).toBe('old\nnew\n');
		expect(statSync(path).mode & 0o777).toBe(0o600);
	});

	test('a full disk is counted and does not throw', () => {
		const file = openRotatingFile({path: '/dev/full', maxBytes: 1000, maxFiles: 1});
		file.write(['a\n', 'b\n']);
		file.write(['c\n']);
		expect(file.lost()).toBe(3);
		file.close();
	});
});

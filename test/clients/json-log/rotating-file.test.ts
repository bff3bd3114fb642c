import {execFileSync} from 'node:child_process';
import {existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterEach, beforeEach, describe, expect, test} from 'vitest';
import {openRotatingFile} from '../../../source/clients/json-log/rotating-file.ts';

describe('a log file that rotates', () => {
	let folder: string;
	let path: string;
	beforeEach(() => {
		folder = mkdtempSync(join(tmpdir(), 'gantry-test-'));
		path = join(folder, 'deep', 'c-json.log');
	});
	afterEach(() => rmSync(folder, {recursive: true}));

	const lostRecord = (count: number): string => `lost ${count}\n`;

	const records = (from: number, to: number): readonly string[] => Array.from({length: to - from}, (_, index) => `record ${String(from + index).padStart(3, '0')}\n`);

	test('keeps as many files as it may, none over its size, the oldest records gone first', () => {
		const file = openRotatingFile({path, maxBytes: 110, maxFiles: 3, lostRecord});
		file.write(records(0, 35));
		file.write(records(35, 36));
		file.close();
		expect(readdirSync(join(folder, 'deep')).sort()).toEqual(['c-json.log', 'c-json.log.1', 'c-json.log.2']);
		const texts = ['.2', '.1', ''].map(suffix => readFileSync(path + suffix, 'utf8'));
		expect(texts.join('')).toBe(records(10, 36).join(''));
		for (const text of texts) expect(text.length).toBeLessThanOrEqual(110);
	});

	test('with one file a follower sees a new inode, not a shorter file', () => {
		const file = openRotatingFile({path, maxBytes: 50, maxFiles: 1, lostRecord});
		file.write(records(0, 3));
		const before = statSync(path).ino;
		file.write(records(3, 6));
		file.close();
		expect(readFileSync(path, 'utf8')).toBe(records(4, 6).join(''));
		expect(statSync(path).ino).not.toBe(before);
		expect(existsSync(`${path}.1`)).toBe(false);
	});

	test('a record larger than the limit gets a file to itself, whole', () => {
		const file = openRotatingFile({path, maxBytes: 20, maxFiles: 3, lostRecord});
		const big = `${'x'.repeat(100)}\n`;
		file.write(['a\n', big, 'b\n']);
		file.close();
		expect(['.2', '.1', ''].map(suffix => readFileSync(path + suffix, 'utf8'))).toEqual(['a\n', big, 'b\n']);
	});

	test('goes on where an earlier run stopped', () => {
		openRotatingFile({path, maxBytes: 1000, maxFiles: 1, lostRecord}).close();
		writeFileSync(path, 'old\n');
		const file = openRotatingFile({path, maxBytes: 1000, maxFiles: 1, lostRecord});
		file.write(['new\n']);
		file.close();
		expect(readFileSync(path, 'utf8')).toBe('old\nnew\n');
		expect(statSync(path).mode & 0o777).toBe(0o600);
	});

	test('a full disk is counted and does not throw', () => {
		const file = openRotatingFile({path: '/dev/full', maxBytes: 1000, maxFiles: 1, lostRecord});
		file.write(['a\n', 'b\n']);
		file.write(['c\n']);
		expect(file.lost()).toBe(3);
		file.close();
	});

	test('where the next file can not be made, the one at hand grows on', () => {
		const file = openRotatingFile({path, maxBytes: 20, maxFiles: 2, lostRecord});
		file.write(records(0, 1));
		// A directory stands where the new file would.
		mkdirSync(`${path}.next`);
		file.write(records(1, 3));
		expect(readFileSync(path, 'utf8')).toBe(records(0, 3).join(''));
		rmSync(`${path}.next`, {recursive: true});
		file.write(records(3, 4));
		file.close();
		expect(['.1', ''].map(suffix => readFileSync(path + suffix, 'utf8'))).toEqual([records(0, 3).join(''), records(3, 4).join('')]);
	});
});

const isPossible = process.platform === 'linux' && process.geteuid?.() === 0;

describe.skipIf(!isPossible)(isPossible ? 'a log on a file system that fills' : 'a log on a file system that fills (skipped: it takes root to mount one)', () => {
	let folder: string;
	let path: string;
	beforeEach(() => {
		folder = mkdtempSync(join(tmpdir(), 'gantry-test-'));
		path = join(folder, 'c-json.log');
		execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', folder]);
	});
	afterEach(() => {
		execFileSync('umount', [folder]);
		rmSync(folder, {recursive: true});
	});

	const lostRecord = (count: number): string => `lost ${count}\n`;
	const line = (number: number): string => `${String(number).padStart(4, '0')} ${'x'.repeat(95)}\n`;
	const numbers = (from: number, to: number): readonly number[] => Array.from({length: to - from}, (_, at) => from + at);

	test('of a record that does not fit nothing stays, and the next that fits says how many are missing', () => {
		const file = openRotatingFile({path, maxBytes: 1e6, maxFiles: 1, lostRecord});
		const ballast = join(folder, 'ballast');
		writeFileSync(ballast, 'x'.repeat(40_000));
		for (const number of numbers(0, 1000)) file.write([line(number)]);
		const kept = 1000 - file.lost();
		expect(kept).toBeGreaterThan(100);
		expect(kept).toBeLessThan(600);
		expect(readFileSync(path, 'utf8')).toBe(numbers(0, kept).map(line).join(''));
		rmSync(ballast);
		file.write([line(1000), line(1001)]);
		expect(file.lost()).toBe(0);
		file.close();
		expect(readFileSync(path, 'utf8')).toBe([...numbers(0, kept).map(line), lostRecord(1000 - kept), line(1000), line(1001)].join(''));
	});

	test('a batch is written as far as it fits, and what is missing at the end is told at the end', () => {
		const file = openRotatingFile({path, maxBytes: 1e6, maxFiles: 1, lostRecord});
		const ballast = join(folder, 'ballast');
		writeFileSync(ballast, 'x'.repeat(40_000));
		file.write(numbers(0, 1000).map(line));
		const kept = 1000 - file.lost();
		expect(readFileSync(path, 'utf8')).toBe(numbers(0, kept).map(line).join(''));
		rmSync(ballast);
		file.close();
		expect(readFileSync(path, 'utf8')).toBe(`${numbers(0, kept).map(line).join('')}${lostRecord(1000 - kept)}`);
	});

	test('a file that somebody emptied meanwhile is not made longer', () => {
		const file = openRotatingFile({path, maxBytes: 1e6, maxFiles: 1, lostRecord});
		file.write(numbers(0, 300).map(line));
		truncateSync(path);
		writeFileSync(join(folder, 'ballast'), 'x'.repeat(56_000));
		file.write(numbers(300, 600).map(line));
		file.close();
		const text = readFileSync(path, 'utf8');
		expect(text.length).toBeLessThan(10_000);
		expect(text).toMatch(/^0300 /);
		expect(text).not.toContain('\0');
	});

	test('it goes on rotating, and so finds its room again by itself', () => {
		const file = openRotatingFile({path, maxBytes: 30_000, maxFiles: 2, lostRecord});
		for (const number of numbers(0, 2000)) file.write([line(number)]);
		file.close();
		const text = ['.1', ''].map(suffix => readFileSync(path + suffix, 'utf8')).join('');
		expect(text.endsWith(line(1999))).toBe(true);
		expect(text.split('\n').slice(0, -1).every(each => /^(\d{4} x{95}|lost \d+)$/.test(each))).toBe(true);
		expect(readdirSync(folder).sort()).toEqual(['c-json.log', 'c-json.log.1']);
	});
});

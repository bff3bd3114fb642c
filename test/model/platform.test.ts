import {describe, expect, test} from 'vitest';
import {isFailure} from '../../source/errors.ts';
import {choosePlatforms, fitness, formatPlatform, machinePlatform, parsePlatform} from '../../source/model/platform.ts';

test.each([
	['amd64', 'linux/amd64'],
	['x86_64', 'linux/amd64'],
	['linux/amd64/v1', 'linux/amd64'],
	['linux/amd64/v3', 'linux/amd64/v3'],
	['aarch64', 'linux/arm64'],
	['linux/arm64/v8', 'linux/arm64'],
	['linux/arm', 'linux/arm/v7'],
	['arm/6', 'linux/arm/v6'],
	['armel', 'linux/arm/v6'],
	['windows/amd64', 'windows/amd64'],
	['i386', 'linux/386'],
] as const)('%s is %s', (text, name) => {
	expect(formatPlatform(parsePlatform(text))).toBe(name);
});

test('a system alone is that of this machine’s architecture', () => {
	expect(parsePlatform('linux')).toEqual(machinePlatform(process.arch));
});

test.each(['', 'linux/', 'a/b/c/d', 'linux/../x', 'linux/amd 64'])('%j is no platform', text => {
	let failure: unknown;
	try {
		parsePlatform(text);
	} catch (error) {
		failure = error;
	}
	expect(isFailure(failure, 'invalid')).toBe(true);
});

test("Node's names for architectures are understood", () => {
	expect(['x64', 'arm64', 'ia32', 'arm'].map(name => formatPlatform(machinePlatform(name)))).toEqual([
		'linux/amd64',
		'linux/arm64',
		'linux/386',
		'linux/arm/v7',
	]);
});

describe('what runs on what', () => {
	test.each([
		['linux/amd64', 'linux/amd64', true],
		['linux/amd64', 'linux/386', true],
		['linux/386', 'linux/amd64', false],
		['linux/arm64', 'linux/arm/v7', true],
		['linux/arm/v7', 'linux/arm/v6', true],
		['linux/arm/v6', 'linux/arm/v7', false],
		['linux/amd64', 'linux/amd64/v3', false],
		['linux/amd64/v3', 'linux/amd64', true],
		['linux/amd64', 'windows/amd64', false],
	] as const)('%s takes %s: %s', (wanted, offered, takes) => {
		expect(fitness(parsePlatform(wanted), parsePlatform(offered)) !== undefined).toBe(takes);
	});

	test('the nearest is chosen, and what nothing serves is told', () => {
		const offered = ['linux/386', 'linux/arm/v6', 'linux/arm/v7', 'linux/amd64'].map(parsePlatform);
		const wanted = ['linux/amd64', 'linux/arm64', 'linux/s390x', 'linux/386'].map(parsePlatform);
		expect(choosePlatforms(wanted, [...offered, undefined])).toEqual([3, 2, undefined, 0]);
	});
});

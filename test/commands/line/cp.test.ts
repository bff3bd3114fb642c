import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import {copySide} from '../../../source/commands/line/cp.ts';
import {id, type LineBench, openLineBench} from './surroundings.ts';

let bench: LineBench;

beforeAll(async () => {
	bench = await openLineBench();
	bench.fake.addContainer({namespace: 'default', id: id('a'), labels: {'nerdctl/name': 'web'}});
});

afterAll(async () => bench.close());

test.each([
	['web:/etc', {container: 'web', path: '/etc'}],
	['web:', {container: 'web', path: ''}],
	['web:a:b', {container: 'web', path: 'a:b'}],
	['/a:b', {container: undefined, path: '/a:b'}],
	['./a:b', {container: undefined, path: './a:b'}],
	['-', {container: undefined, path: '-'}],
	['', {container: undefined, path: '-'}],
	['file', {container: undefined, path: 'file'}],
])('%j is %j', (text, side) => {
	expect(copySide(text)).toEqual(side);
});

describe('cp, diff and export', () => {
	const copies: unknown[] = [];
	const files = {
		copyOut: async (_: unknown, copy: object) => void copies.push(Object.values(copy).map(value => (typeof value === 'string' ? value : 'stream'))),
		copyIn: async (_: unknown, copy: object) => void copies.push(Object.values(copy).map(value => (typeof value === 'string' ? value : 'stream'))),
		changes: async (_: unknown, tell: (change: {kind: 'added' | 'changed' | 'deleted'; path: string}) => void) => {
			tell({kind: 'changed', path: '/etc'});
			tell({kind: 'added', path: '/etc/x'});
			tell({kind: 'deleted', path: '/var'});
		},
	};

	test.each([
		[['web:/etc', 'here'], ['/etc', 'here']],
		[['web:/etc', '-'], ['/etc', 'stream']],
		[['-', 'web:/etc'], ['stream', '/etc']],
		[['-L', 'here', 'web:/etc'], ['here', '/etc']],
	])('cp %j', async (args, expected) => {
		copies.length = 0;
		expect(await bench.run(['cp', ...args], {services: {files}})).toMatchObject({code: 0, err: ''});
		expect(copies).toEqual([expected]);
	});

	test.each([[['a', 'b']], [['web:/a', 'web:/b']], [['none:/a', 'b']], [[':a', 'web:/b']], [['-a', 'web:/a', 'b']]])('cp %j is refused', async args => {
		expect(await bench.run(['cp', ...args], {services: {files}})).toMatchObject({code: 1, out: ''});
	});

	test('nothing binary goes to a terminal', async () => {
		for (const args of [['cp', 'web:/etc', '-'], ['export', 'web']]) expect(await bench.run(args, {services: {files}, terminal: {isTTY: true}})).toMatchObject({code: 1, out: '', err: expect.stringContaining('cowardly')});
	});

	test('diff prints a letter and a path', async () => {
		expect(await bench.run(['diff', 'web'], {services: {files}})).toMatchObject({code: 0, out: 'C /etc\nA /etc/x\nD /var\n'});
	});
});

import {afterAll, beforeAll, expect, test} from 'vitest';
import {changesSomething, readingVerbs} from '../../../source/commands/line/reading-verbs.ts';
import {lineCommands} from '../../../source/commands/line/registry.ts';
import {id, type LineBench, openLineBench} from './surroundings.ts';

let bench: LineBench;

beforeAll(async () => {
	bench = await openLineBench();
	bench.fake.addContainer({namespace: 'default', id: id('a'), labels: {'nerdctl/name': 'web'}, status: 'running'});
});

afterAll(async () => bench.close());

test('every verb that only looks is one that there is, or will be of compose', () => {
	const known = new Set(lineCommands.map(({verbs}) => verbs[0]));
	expect(readingVerbs.filter(verb => !known.has(verb))).toEqual([]);
});

test.each([
	['ps', [], false],
	['rm', ['web'], true],
	['a verb that nobody thought of', [], true],
	['cp', ['web:/etc', 'here'], false],
	['cp', ['here', 'web:/etc'], true],
	['cp', [':', 'x'], false],
] as const)('%s %j', (verb, args, expected) => {
	expect(changesSomething(verb, args)).toBe(expected);
});

test.each([
	['rm', '-f', 'web'],
	['container', 'stop', 'web'],
	['exec', 'web', 'true'],
	['volume', 'create', 'x1'],
	['namespace', 'rm', 'default'],
	['cp', 'here', 'web:/'],
])('gantry --readonly %s is refused before it begins', async (...argv) => {
	const before = bench.fake.calls.length;
	expect(await bench.run(['--readonly', ...argv])).toMatchObject({code: 1, out: '', err: expect.stringMatching(/^gantry .* is refused: gantry runs with --readonly/)});
	expect(bench.fake.calls.length).toBe(before);
});

test('what looks goes on, and the switch may follow the verb', async () => {
	expect(await bench.run(['--readonly', 'ps', '-q'])).toMatchObject({code: 0, out: `${'a'.repeat(12)}\n`});
	expect(await bench.run(['ps', '-q', '--readonly'])).toMatchObject({code: 0});
	expect(await bench.run(['kill', '--readonly', 'web'])).toMatchObject({code: 1});
});

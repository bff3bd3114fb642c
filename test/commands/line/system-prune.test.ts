import {afterEach, beforeEach, describe, expect, test} from 'vitest';
import {chainIds} from '../../../source/services/images/index.ts';
import {storeImage} from './store.ts';
import {hour, id, type LineBench, now, openLineBench} from './surroundings.ts';

let bench: LineBench;
const dangling = `overlayfs@sha256:${'e'.repeat(64)}`;

beforeEach(async () => {
	bench = await openLineBench();
	const {fake} = bench;
	const chain = chainIds([`sha256:${'1'.repeat(64)}`, `sha256:${'2'.repeat(64)}`]);
	storeImage(fake, {names: ['docker.io/library/used:1'], createdAt: now - 48 * hour, labels: {tier: 'front'}}, chain);
	storeImage(fake, {names: ['docker.io/library/old:1'], createdAt: now - 30 * hour, labels: {tier: 'back'}, architecture: 'riscv64'}, []);
	storeImage(fake, {names: ['docker.io/library/new:1'], createdAt: now - hour, labels: {tier: 'front'}, architecture: 'arm'}, []);
	storeImage(fake, {names: [dangling], createdAt: now - 2 * hour, architecture: 's390x'}, []);
	fake.addContainer({id: id('a'), image: 'docker.io/library/used:1'});
	fake.addContainer({id: id('b'), image: 'docker.io/library/old:1', status: 'stopped', exitStatus: 0});
	for (const letter of 'ab') fake.addSnapshot({key: id(letter), kind: 'active'});
});

afterEach(async () => bench.close());

describe('system prune', () => {
	test('asks first, and says how much it would free', async () => {
		const {out, code} = await bench.run(['system', 'prune', '--volumes'], {input: 'n\n'});
		expect(code).toBe(0);
		expect(out).toMatch(
			/^WARNING! This will remove:\n {2}- all stopped containers\n {2}- all anonymous volumes not used by at least one container\n {2}- all dangling images\nand free \d[\d.]*k?B in the namespace default\.\nAre you sure you want to continue\? \[y\/N\] $/,
		);
		expect((await bench.run(['images', '-q', '--no-trunc'])).out.trim().split('\n')).toHaveLength(4);
	});

	test('removes stopped containers and dangling images, and leaves names alone', async () => {
		const {out, err, code} = await bench.run(['system', 'prune', '-f']);
		expect({code, err}).toEqual({code: 0, err: ''});
		expect(out).toMatch(new RegExp(`^Deleted Containers:\n${id('b')}\n\nDeleted Images:\nUntagged: ${dangling}\n\nTotal reclaimed space: [\\d.]+k?B\n$`));
		expect((await bench.run(['system', 'prune', '-f'])).out).toBe('Total reclaimed space: 0B\n');
	});

	test('with -a also what only a pruned container used', async () => {
		const {out} = await bench.run(['system', 'prune', '-f', '-a']);
		for (const name of ['docker.io/library/old:1', 'docker.io/library/new:1', dangling]) expect(out).toContain(`Untagged: ${name}\n`);
		expect(out).not.toContain('used:1');
	});

	test('a filter is refused with another way', async () => {
		expect(await bench.run(['system', 'prune', '--filter', 'until=1h'])).toMatchObject({code: 1, err: expect.stringContaining('image prune has --filter')});
	});
});

describe('image prune --filter', () => {
	test.each([
		[['until=24h'], []],
		[['until=90m'], [dangling]],
		[['-a', 'until=90m'], [dangling]],
		[['-a', 'label=tier=front'], ['docker.io/library/new:1']],
		[['-a', 'label=tier', 'until=30m'], ['docker.io/library/new:1']],
		[['-a', 'label=absent'], []],
	])('%j', async (flags, gone) => {
		const argv = flags.flatMap(flag => (flag === '-a' ? [flag] : ['--filter', flag]));
		const {out, code} = await bench.run(['image', 'prune', '-f', ...argv]);
		expect(code).toBe(0);
		expect(out).toBe(gone.length === 0 ? '' : `Deleted Images:\n${gone.map(name => `Untagged: ${name}\n`).join('')}\n`);
	});

	test.each(['dangling=true', 'until', 'until=yesterday'])('%s is not understood', async filter => {
		const {code, err} = await bench.run(['image', 'prune', '-f', '--filter', filter]);
		expect(code).toBe(1);
		expect(err).toMatch(/invalid (?:filter|value)/);
	});
});

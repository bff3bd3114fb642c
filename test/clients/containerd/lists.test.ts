import {status} from '@grpc/grpc-js';
import {afterEach, beforeEach, describe, expect, it} from 'vitest';
import {ways} from '../../contract/ways.ts';
import {createContainerd} from '../../../source/clients/containerd/index.ts';
import type {Containerd} from '../../../source/clients/containerd/types.ts';
import type {Container} from '../../../source/model/container.ts';
import {startFakeProcess} from '../../fakes/containerd-process.ts';
import {longestTurn} from './longest-turn.ts';
import {type FakeContainerd, startFakeContainerd} from '../../fakes/containerd.ts';

const unknownMethod = {kind: 'fail', code: status.UNIMPLEMENTED, message: 'unknown method ListStream'} as const;

const batchesOf = async (containerd: Containerd): Promise<ReadonlyArray<readonly Container[]>> => {
	const batches: Array<readonly Container[]> = [];
	for await (const batch of containerd.containers.list('default')) batches.push(batch);
	return batches;
};

describe.each(ways)('lists of containers, asked for %s', (_way, connect) => {
	let fake: FakeContainerd;
	let containerd: Containerd;
	const list = async (): Promise<ReadonlyArray<readonly Container[]>> => batchesOf(containerd);

	beforeEach(async () => {
		fake = await startFakeContainerd();
		containerd = connect({address: fake.address});
	});

	afterEach(async () => {
		containerd.close();
		await fake.stop();
	});

	it('are read at once from a daemon that can’t stream them', async () => {
		fake.addContainer({id: 'a', labels: {x: 'y'}});
		fake.addContainer({id: 'b'});
		const streamed = await list();
		fake.fail('Containers.ListStream', unknownMethod);
		expect((await list()).flat()).toEqual(streamed.flat());
		expect(fake.calls.filter(({method}) => method.startsWith('Containers.')).map(({method}) => method)).toEqual(['Containers.ListStream', 'Containers.ListStream', 'Containers.List']);
	});

	it('cost one call, not one per container', async () => {
		for (let index = 0; index < 50; index += 1) fake.addContainer({id: `c${index}`});
		await list();
		expect(fake.calls).toHaveLength(1);
	});

	it.each([
		['streamed', false],
		['at once', true],
	])('of thousands come whole and in order, %s', async (_name, atOnce) => {
		const spec = {process: {env: Array.from({length: 60}, (_unused, index) => `VARIABLE_${index}=${'x'.repeat(40)}`)}};
		for (let index = 0; index < 5000; index += 1) fake.addContainer({id: `c${index}`, labels: {'nerdctl/name': `web-${index}`, role: 'test'}, spec});
		if (atOnce) fake.fail('Containers.ListStream', unknownMethod);
		const batches = await list();
		expect(new Set(batches.flat().map(({id}) => id)).size).toBe(5000);
		expect(batches.flat()[4999]).toMatchObject({id: 'c4999', labels: {role: 'test'}});
	});

	it('stop the call when the reader leaves', async () => {
		for (let index = 0; index < 2000; index += 1) fake.addContainer({id: `c${index}`});
		for await (const _batch of containerd.containers.list('default')) break;
		await expect(containerd.healthy()).resolves.toBe(true);
	});

	it('fail in the middle with what the daemon said', async () => {
		fake.addContainer({id: 'a'});
		fake.fail('Containers.ListStream', {kind: 'fail', code: status.INTERNAL, message: 'database is closed'});
		await expect(list()).rejects.toMatchObject({code: 'internal', message: 'database is closed'});
	});
});

describe('five thousand containers', () => {
	it.each([
		['a streamed list', false, async (containerd: Containerd) => (await batchesOf(containerd)).flat()],
		['a list at once', true, async (containerd: Containerd) => (await batchesOf(containerd)).flat()],
		['tasks', false, async (containerd: Containerd) => containerd.tasks.list('default')],
		['metrics', false, async (containerd: Containerd) => containerd.tasks.metrics('default')],
	] as const)('never hold the event loop for 50 ms: %s', {timeout: 60_000}, async (what, withoutListStream, read) => {
		const {address, stop} = await startFakeProcess({containers: 5000, withoutListStream});
		const containerd = createContainerd({address, defaultTimeoutMs: 30_000});
		let answer: readonly unknown[] = [];
		await read(containerd);
		const longest = await longestTurn(async () => {
			answer = await read(containerd);
		});
		containerd.close();
		await stop();
		expect(answer).toHaveLength(what === 'metrics' ? 4000 : 5000);
		expect(longest).toBeLessThan(50);
	});
});

import {status} from '@grpc/grpc-js';
import {monitorEventLoopDelay} from 'node:perf_hooks';
import {afterEach, beforeEach, describe, expect, it} from 'vitest';
import {createContainerd} from '../../../source/clients/containerd/index.ts';
import type {Containerd} from '../../../source/clients/containerd/types.ts';
import type {Container} from '../../../source/model/container.ts';
import {startFakeProcess} from '../../fakes/containerd-process.ts';
import {type FakeContainerd, startFakeContainerd} from '../../fakes/containerd.ts';

const unknownMethod = {kind: 'fail', code: status.UNIMPLEMENTED, message: 'unknown method ListStream'} as const;

const batchesOf = async (containerd: Containerd): Promise<ReadonlyArray<readonly Container[]>> => {
	const batches: Array<readonly Container[]> = [];
	for await (const batch of containerd.containers.list('default')) batches.push(batch);
	return batches;
};

describe('lists of containers', () => {
	let fake: FakeContainerd;
	let containerd: Containerd;
	const list = async (): Promise<ReadonlyArray<readonly Container[]>> => batchesOf(containerd);

	beforeEach(async () => {
		fake = await startFakeContainerd();
		containerd = createContainerd({address: fake.address, defaultTimeoutMs: 2000});
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
	])('of thousands come in batches, %s', async (_name, atOnce) => {
		const spec = {process: {env: Array.from({length: 60}, (_unused, index) => `VARIABLE_${index}=${'x'.repeat(40)}`)}};
		for (let index = 0; index < 5000; index += 1) fake.addContainer({id: `c${index}`, labels: {'nerdctl/name': `web-${index}`, role: 'test'}, spec});
		if (atOnce) fake.fail('Containers.ListStream', unknownMethod);
		const batches = await list();
		expect(batches.length).toBeGreaterThan(1);
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

describe('a list of five thousand containers', () => {
	it.each([
		['streamed', false],
		['at once', true],
	])('never holds the event loop for 50 ms, %s', {timeout: 30_000, retry: 2}, async (_name, withoutListStream) => {
		const {address, stop} = await startFakeProcess({containers: 5000, withoutListStream});
		const containerd = createContainerd({address});
		await batchesOf(containerd);
		const delay = monitorEventLoopDelay({resolution: 1});
		delay.enable();
		const batches = await batchesOf(containerd);
		delay.disable();
		containerd.close();
		await stop();
		expect(batches.flat()).toHaveLength(5000);
		expect(delay.max / 1e6).toBeLessThan(50);
	});

	it.each(['tasks', 'metrics'] as const)('has %s that don’t hold it either', {timeout: 30_000, retry: 2}, async what => {
		const {address, stop} = await startFakeProcess({containers: 5000});
		const containerd = createContainerd({address});
		const read = async () => (what === 'tasks' ? containerd.tasks.list('default') : containerd.tasks.metrics('default'));
		await read();
		const delay = monitorEventLoopDelay({resolution: 1});
		delay.enable();
		const answer = await read();
		delay.disable();
		containerd.close();
		await stop();
		expect(answer).toHaveLength(what === 'tasks' ? 5000 : 4000);
		expect(delay.max / 1e6).toBeLessThan(50);
	});
});

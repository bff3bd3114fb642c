import {status} from '@grpc/grpc-js';
import {afterEach, beforeEach, describe, expect, it} from 'vitest';
import type {Containerd} from '../../../source/clients/containerd/types.ts';
import {ways} from '../../contract/ways.ts';
import {type FakeContainerd, startFakeContainerd} from '../../fakes/containerd.ts';

const web = {namespace: 'default', id: 'web'} as const;

describe.each(ways)('the event stream, asked for %s', (_way, connect) => {
	let fake: FakeContainerd;
	let containerd: Containerd;

	beforeEach(async () => {
		fake = await startFakeContainerd();
		fake.addContainer(web);
		containerd = connect({address: fake.address, defaultTimeoutMs: 1000, heartbeatMs: 50});
	});

	afterEach(async () => {
		containerd.close();
		await fake.stop();
	});

	const firstKind = async (): Promise<string> => {
		for await (const {kind} of containerd.events({onSubscribed: () => fake.exit(web, 1)})) return kind;
		return 'ended';
	};

	const reason = async (onSubscribed: () => void): Promise<unknown> => {
		try {
			for await (const _event of containerd.events({onSubscribed}));
			return 'ended';
		} catch (error) {
			return error;
		}
	};

	it('begins with what happens once it is subscribed, and keeps its own marker to itself', async () => {
		await expect(firstKind()).resolves.toBe('task-exited');
	});

	it('sends its marker again when the first overtook the subscription', async () => {
		fake.fail('Events.Subscribe', {kind: 'lag', ms: 500});
		await expect(firstKind()).resolves.toBe('task-exited');
		expect(fake.calls.filter(({method}) => method === 'Events.Publish').length).toBeGreaterThan(1);
	});

	it('works for somebody who may only listen', async () => {
		fake.fail('Events.Publish', {kind: 'fail', code: status.PERMISSION_DENIED, message: 'read only'});
		await expect(firstKind()).resolves.toBe('task-exited');
	});

	it('breaks when the stream is dropped', async () => {
		await expect(reason(() => fake.dropStreams('Events.Subscribe'))).resolves.toMatchObject({code: 'unavailable'});
	});

	it('breaks when the daemon goes', async () => {
		await expect(reason(() => void fake.goAway())).resolves.toMatchObject({code: 'unavailable', message: expect.stringContaining(fake.address)});
	});

	it('breaks when nobody is there', async () => {
		await fake.goAway();
		await expect(reason(() => {})).resolves.toMatchObject({code: 'unavailable'});
	});

	it('breaks when the daemon hangs, though its socket stays open', async () => {
		await expect(reason(() => fake.fail('*', {kind: 'hang'}))).resolves.toMatchObject({code: 'timeout'});
	});

	it('ends with an abort and nothing else', async () => {
		const controller = new AbortController();
		const read = async (): Promise<void> => {
			for await (const _event of containerd.events({signal: controller.signal, onSubscribed: () => controller.abort()}));
		};

		await expect(read()).rejects.toMatchObject({name: 'AbortError'});
	});
});

import {status} from '@grpc/grpc-js';
import {afterEach, beforeEach, describe, expect, it} from 'vitest';
import type {Containerd} from '../../../source/clients/containerd/types.ts';
import {bytesOf, collect} from '../../contract/subject.ts';
import {ways} from '../../contract/ways.ts';
import {type FakeContainerd, startFakeContainerd} from '../../fakes/containerd.ts';

const web = {namespace: 'default', id: 'web'} as const;

describe.each(ways)('a daemon in trouble, asked %s', (_way, connect) => {
	let fake: FakeContainerd;
	let containerd: Containerd;

	beforeEach(async () => {
		fake = await startFakeContainerd();
		fake.addContainer(web);
		containerd = connect({address: fake.address});
	});

	afterEach(async () => {
		containerd.close();
		await fake.stop();
	});

	const streams = {
		'containers.list': () => collect(containerd.containers.list('default')),
		'snapshots.list': () => collect(containerd.snapshots.list('default', 'overlayfs')),
		'content.list': () => collect(containerd.content.list('default')),
		'content.read': () => bytesOf(containerd.content.read('default', 'sha256:0')),
	};

	const calls: Readonly<Record<string, () => Promise<unknown>>> = {
		...streams,
		'containers.get': () => containerd.containers.get(web),
		'tasks.list': () => containerd.tasks.list('default'),
		'images.list': () => containerd.images.list('default'),
		version: () => containerd.version(),
	};

	it.each(['日本', 'ťst', 'ä', 'a\nb', 'a\0b'])('is not told of a namespace %j, which would arrive as another', async namespace => {
		for (const call of [() => containerd.tasks.list(namespace), () => collect(containerd.containers.list(namespace)), () => bytesOf(containerd.content.read(namespace, 'sha256:0'))]) {
			await expect(call()).rejects.toMatchObject({code: 'invalid', message: expect.stringContaining('can not be the name of a namespace')});
		}

		expect(fake.calls).toEqual([]);
	});

	it.each(Object.keys(calls))('that hangs is given up: %s', async name => {
		fake.fail('*', {kind: 'hang'});
		containerd.close();
		containerd = connect({address: fake.address, defaultTimeoutMs: 100});
		await expect(calls[name]!()).rejects.toMatchObject({code: 'timeout', message: expect.stringMatching(/did not answer \w+\.\w+ within 0\.1 s$/), hint: expect.any(String)});
	});

	it.each(Object.keys(calls))('that answers garbage is not believed: %s', async name => {
		fake.fail('*', {kind: 'garble'});
		await expect(calls[name]!()).rejects.toMatchObject({code: 'internal', message: expect.stringContaining('is not what containerd answers'), hint: expect.stringContaining('--address')});
	});

	it.each(Object.keys(calls))('is left alone when the caller aborts: %s', async name => {
		fake.fail('*', {kind: 'hang'});
		const controller = new AbortController();
		const {signal} = controller;
		const running = name in streams ? collect(containerd.containers.list('default', {signal})) : containerd.tasks.list('default', {signal});
		controller.abort();
		await expect(running).rejects.toMatchObject({name: 'AbortError'});
	});

	it('does not make a signal that watches over many calls look like a leak', async () => {
		const warnings: unknown[] = [];
		const note = (warning: unknown): void => void warnings.push(warning);
		process.on('warning', note);
		const {signal} = new AbortController();
		await Promise.all(Array.from({length: 30}, async () => containerd.tasks.list('default', {signal})));
		// Warnings are emitted on the next tick.
		await new Promise(setImmediate);
		process.off('warning', note);
		expect(warnings).toEqual([]);
	});

	it('is let go of at once when the client is closed', async () => {
		const waiting = containerd.tasks.wait(web);
		const {promise: subscribed, resolve} = Promise.withResolvers<void>();
		const read = async (): Promise<void> => {
			for await (const _event of containerd.events({onSubscribed: resolve}));
		};

		const listening = read();
		// Looked at before they end, or they would count as unhandled.
		const ends = Promise.allSettled([waiting, listening]);
		await subscribed;
		containerd.close();
		await ends;
		await expect(waiting).rejects.toMatchObject({code: 'unavailable'});
		await expect(listening).rejects.toMatchObject({code: 'unavailable'});
		await expect(containerd.version()).rejects.toMatchObject({code: 'unavailable', message: expect.stringContaining('has been closed')});
	});

	it('that answers late is waited for as long as was said', async () => {
		fake.fail('Tasks.List', {kind: 'lag', ms: 200});
		await expect(containerd.tasks.list('default')).resolves.toHaveLength(1);
		await expect(containerd.tasks.list('default', {timeoutMs: 50})).rejects.toMatchObject({code: 'timeout'});
	});

	it('gives a slow reader all the time', async () => {
		const digest = fake.addBlob(Buffer.alloc(2 * 1024 * 1024));
		let length = 0;
		let held = 0;
		for await (const chunk of containerd.content.read('default', digest, {timeoutMs: 500})) {
			length += chunk.byteLength;
			if (++held > 3) continue;
			// Longer than the timeout, in one go: the clock runs only while we wait for the daemon.
			const until = Date.now() + 600;
			while (Date.now() < until);
		}

		expect(length).toBe(2 * 1024 * 1024);
	});

	it.each([
		[status.NOT_FOUND, 'not-found'],
		[status.ALREADY_EXISTS, 'already-exists'],
		[status.FAILED_PRECONDITION, 'conflict'],
		[status.ABORTED, 'conflict'],
		[status.INVALID_ARGUMENT, 'invalid'],
		[status.OUT_OF_RANGE, 'invalid'],
		[status.PERMISSION_DENIED, 'denied'],
		[status.UNAUTHENTICATED, 'denied'],
		[status.RESOURCE_EXHAUSTED, 'exhausted'],
		[status.UNAVAILABLE, 'unavailable'],
		[status.INTERNAL, 'internal'],
		[status.UNKNOWN, 'internal'],
	] as const)('says status %i in our word %s, with its own reason', async (code, ours) => {
		await containerd.version();
		fake.fail('Tasks.Kill', {kind: 'fail', code, message: 'the reason'});
		await expect(containerd.tasks.kill(web, 9)).rejects.toMatchObject({name: 'Failure', code: ours, message: 'the reason'});
	});

	it('says what a daemon does not offer', async () => {
		fake.fail('Tasks.Checkpoint', {kind: 'fail', code: status.UNIMPLEMENTED, message: ''});
		await expect(containerd.tasks.checkpoint(web)).rejects.toMatchObject({code: 'unsupported', message: expect.stringContaining('does not offer Tasks.Checkpoint')});
	});

	it('is not containerd when it speaks gRPC but has no version', async () => {
		fake.fail('Version.Version', {kind: 'fail', code: status.UNIMPLEMENTED, message: 'unknown service'});
		await expect(containerd.version()).rejects.toMatchObject({code: 'unavailable', message: expect.stringContaining('is not containerd')});
	});

	it('tells every task but the one it can’t measure', async () => {
		fake.addContainer({id: 'other'});
		const ids = (await containerd.tasks.metrics('default')).map(({containerId}) => containerId);
		expect(ids.sort()).toEqual(['other', 'web']);
	});

	it('is found again by the next call, however often it goes', async () => {
		for (let round = 0; round < 3; round += 1) {
			await expect(containerd.version()).resolves.toBeDefined();
			await fake.goAway();
			await expect(containerd.version()).rejects.toMatchObject({code: 'unavailable'});
			await expect(containerd.version()).rejects.toMatchObject({code: 'unavailable'});
			await fake.comeBack();
		}

		await expect(containerd.version()).resolves.toBeDefined();
	});
});

import {expect, it} from 'vitest';
import {createContainerd} from '../../../source/clients/containerd/index.ts';
import {collect, type Bench} from '../subject.ts';

export const failuresPart = (bench: () => Bench): void => {
	it('aborts before it begins', async () => {
		const {containerd, namespace} = bench();
		const signal = AbortSignal.abort();
		await expect(containerd.version({signal})).rejects.toMatchObject({name: 'AbortError'});
		await expect(collect(containerd.containers.list(namespace, {signal}))).rejects.toMatchObject({name: 'AbortError'});
		await expect(containerd.content.write(namespace, {ref: 'x', totalBytes: 1, expected: ''}, [Buffer.from('x')], {signal})).rejects.toMatchObject({name: 'AbortError'});
	});

	it('goes on after its readers left in the middle', async () => {
		const {containerd} = bench();
		for (let round = 0; round < 3; round += 1) {
			for await (const _event of containerd.events({onSubscribed: () => void containerd.namespaces.create({name: `${bench().namespace}-${round}`, labels: {}})})) break;
		}

		await expect(containerd.healthy()).resolves.toBe(true);
	});

	it('says that a daemon is gone, ends its streams, and finds it again by itself', async () => {
		const {containerd, subject, namespace} = bench();
		const ref = {namespace, id: 'survivor'};
		await containerd.tasks.create(ref, await subject.makeContainer(containerd, ref));
		await containerd.tasks.start(ref);
		const {promise: subscribed, resolve} = Promise.withResolvers<void>();
		const listening = (async () => {
			for await (const _event of containerd.events({onSubscribed: resolve}));
		})().catch((error: unknown) => error);
		await subscribed;
		await subject.kill();
		await expect(listening).resolves.toMatchObject({code: 'unavailable'});
		await expect(containerd.version()).rejects.toMatchObject({code: 'unavailable', message: expect.stringContaining(subject.address), hint: expect.stringContaining('--address')});
		await expect(containerd.healthy()).resolves.toBe(false);
		await subject.restart();
		await expect(containerd.version()).resolves.toMatchObject({version: expect.any(String)});
		expect((await collect(containerd.containers.list(namespace))).map(({id}) => id)).toEqual(['survivor']);
		expect((await containerd.tasks.find(ref))?.status).toBe('running');
		const exit = containerd.tasks.wait(ref);
		await containerd.tasks.kill(ref, 9);
		await expect(exit).resolves.toMatchObject({exitStatus: 137});
		await containerd.tasks.delete(ref);
	});

	it('takes an address with a scheme', async () => {
		const {subject} = bench();
		const other = createContainerd({address: `unix://${subject.address}`});
		expect(other.address).toBe(subject.address);
		await expect(other.healthy()).resolves.toBe(true);
		other.close();
	});
};

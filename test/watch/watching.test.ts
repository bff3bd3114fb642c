import {describe, expect, onTestFinished, test, vi} from 'vitest';
import type {Clock} from '../../source/watch/clock.ts';
import {createSampler} from '../../source/watch/sampler.ts';
import {supervise} from '../../source/watch/supervisor.ts';
import type {AppStore} from '../../source/store/index.ts';
import {containerOf, newStore, taskOf} from '../store/known.ts';
import {containerEvent, holdDaemon, type HeldDaemon, taskEvent} from './daemon.ts';

/** Time that stands until it is moved. */
const heldClock = () => {
	let now = 0;
	const sleepers: Array<{readonly ms: number; readonly resolve: () => void}> = [];
	const clock: Clock = {
		now: () => now,
		sleep: async (ms, signal) =>
			new Promise((resolve, reject) => {
				sleepers.push({ms, resolve});
				signal?.addEventListener('abort', () => reject(signal.reason), {once: true});
			}),
	};
	return {
		clock,
		slept: () => sleepers.map(({ms}) => ms),
		wakeLast: () => sleepers.at(-1)?.resolve(),
		pass: (ms: number) => {
			now += ms;
		},
	};
};

const watch = (daemon: HeldDaemon, store: AppStore = newStore(), time = heldClock()) => {
	const supervisor = supervise({containerd: daemon.containerd, store, clock: time.clock});
	onTestFinished(() => supervisor.stop());
	return {store, time, supervisor};
};

const isLive = (store: AppStore) => vi.waitUntil(() => store.get().connection.status === 'live' && store.get().images.freshness === 'live');

describe('subscribe, list, apply', () => {
	test('in this order: what happens while it lists is not lost', async () => {
		const daemon = holdDaemon();
		daemon.containers.set('old', containerOf('old'));
		daemon.during('images.list', () => {
			daemon.containers.set('late', containerOf('late'));
			daemon.send(containerEvent('container-created', 'late'));
		});
		const {store} = watch(daemon);
		await isLive(store);
		await vi.waitUntil(() => store.get().containers.items.has('default/late'));
		expect(daemon.calls.indexOf('events')).toBeLessThan(daemon.calls.indexOf('containers.list'));
		expect(store.get().containers.items.has('default/old')).toBe(true);
		// Kilobytes per row that only a detail view reads.
		expect(store.get().containers.items.get('default/late')).not.toHaveProperty('spec');
	});

	test('an event says only that something changed: late, doubled and out of order make no row lie', async () => {
		const daemon = holdDaemon();
		daemon.containers.set('web', containerOf('web'));
		const {store} = watch(daemon);
		await isLive(store);
		daemon.containers.set('web', containerOf('web', {task: taskOf('web', {status: 'stopped', exitStatus: 4})}));
		daemon.send(taskEvent('web', {exitStatus: 1}), taskEvent('web', {exitStatus: 2}));
		await vi.waitUntil(() => store.get().containers.items.get('default/web')?.task?.status === 'stopped');
		expect(store.get().containers.items.get('default/web')?.task?.exitStatus).toBe(4);
	});

	test('a few changes are read one by one, many by one list', async () => {
		const daemon = holdDaemon();
		for (let index = 0; index < 100; index += 1) daemon.containers.set(`c${index}`, containerOf(`c${index}`));
		const {store} = watch(daemon);
		await isLive(store);
		const lists = () => daemon.calls.filter((name) => name === 'containers.list').length;
		const finds = () => daemon.calls.filter((name) => name === 'tasks.find').length;
		daemon.send(taskEvent('c1'), taskEvent('c2'));
		await vi.waitUntil(() => finds() === 2);
		expect(lists()).toBe(1);
		daemon.send(...Array.from({length: 40}, (_, index) => taskEvent(`c${index}`)));
		await vi.waitUntil(() => lists() === 2);
		expect(finds()).toBeLessThan(40);
	});

	test('the end of an exec is not the end of its container', async () => {
		const daemon = holdDaemon();
		daemon.containers.set('web', containerOf('web'));
		const {store} = watch(daemon);
		await isLive(store);
		daemon.send(taskEvent('web', {execId: 'exec-1'}), taskEvent('web'));
		await vi.waitUntil(() => daemon.calls.includes('tasks.find'));
		await vi.waitUntil(() => store.get().events.length === 2);
		expect(daemon.calls.filter((name) => name === 'tasks.find')).toHaveLength(1);
	});

	test('another namespace chosen while it lists is listed as well', async () => {
		const daemon = holdDaemon();
		const store = newStore();
		daemon.containers.set('web', containerOf('web'));
		let isFirst = true;
		daemon.during('containers.list', () => {
			if (isFirst) store.dispatch({type: 'scope-changed', scope: {kind: 'all'}});
			isFirst = false;
		});
		watch(daemon, store);
		await vi.waitUntil(() => store.get().containers.freshness === 'live' && store.get().containers.items.has('default/web'));
	});
});

describe('the connection', () => {
	test('each try waits longer than the last, up to five seconds; a refresh tries at once', async () => {
		const daemon = holdDaemon();
		daemon.isDown = true;
		const {store, time, supervisor} = watch(daemon);
		for (let attempt = 1; attempt <= 7; attempt += 1) {
			await vi.waitUntil(() => time.slept().length === attempt);
			expect(store.get().connection).toMatchObject({status: 'failed', attempt});
			time.wakeLast();
		}
		expect(time.slept().slice(0, 7)).toEqual([250, 500, 1000, 2000, 4000, 5000, 5000]);
		await vi.waitUntil(() => time.slept().length === 8);
		daemon.isDown = false;
		supervisor.refresh();
		await isLive(store);
	});

	test('one that breaks as soon as it stands is no reason to hurry; one that held is', async () => {
		const daemon = holdDaemon();
		const {store, time} = watch(daemon);
		for (const wait of [250, 500, 1000]) {
			await isLive(store);
			daemon.end(new Error('broken'));
			await vi.waitUntil(() => time.slept().at(-1) === wait);
			expect(store.get().connection).toMatchObject({status: 'lost', reason: 'broken'});
			time.wakeLast();
		}
		await isLive(store);
		time.pass(6000);
		daemon.end(new Error('broken'));
		await vi.waitUntil(() => time.slept().length === 4);
		expect(time.slept().at(-1)).toBe(250);
	});
});

describe('readings', () => {
	const metrics = (containerId: string) => ({containerId, at: 0, cpuNanoseconds: 0, memoryBytes: 1, memoryLimitBytes: undefined, pids: 1, blockReadBytes: 0, blockWriteBytes: 0}) as never;

	test('one call a tick for all, only while somebody holds on, the network only of who is looked at', async () => {
		const time = heldClock();
		const store = newStore();
		store.dispatch({type: 'containers-listed', containers: [containerOf('a', {task: taskOf('a', {pid: 1})}), containerOf('b', {task: taskOf('b', {pid: 2})})]});
		store.dispatch({type: 'connection-changed', connection: {status: 'live', version: '9'}});
		let calls = 0;
		const read: number[] = [];
		const sampler = createSampler({
			containerd: () => ({
				tasks: {
					metrics: async () => {
						calls += 1;
						return [metrics('a'), metrics('b')];
					},
				} as never,
			}),
			store,
			clock: time.clock,
			readNetwork: async (pid) => {
				read.push(pid);
				return undefined;
			},
			readMachine: async () => undefined,
		});
		onTestFinished(() => sampler.stop());
		const release = sampler.hold({network: ['default/b']});
		await vi.waitUntil(() => time.slept().length === 1);
		expect([calls, store.get().usage.size, read]).toEqual([1, 2, [2]]);
		sampler.hold({network: 'none'})();
		time.wakeLast();
		await vi.waitUntil(() => time.slept().length === 2);
		expect(calls).toBe(2);
		release();
		time.wakeLast();
		await new Promise((resolve) => void setImmediate(resolve));
		expect(calls).toBe(2);
		sampler.hold({network: 'none'});
		await vi.waitUntil(() => calls === 3);
	});

	test('where nothing runs no clock ticks, and the first container that runs is read at once', async () => {
		const time = heldClock();
		const store = newStore();
		store.dispatch({type: 'containers-listed', containers: [containerOf('a', {task: undefined})]});
		store.dispatch({type: 'connection-changed', connection: {status: 'live', version: '9'}});
		const asked: string[] = [];
		const sampler = createSampler({
			containerd: () => ({
				tasks: {
					metrics: async (namespace: string) => {
						asked.push(namespace);
						return [metrics('a')];
					},
				} as never,
			}),
			store,
			clock: time.clock,
			readNetwork: async () => undefined,
			readMachine: async () => undefined,
		});
		onTestFinished(() => sampler.stop());
		sampler.hold({network: 'none'});
		store.dispatch({type: 'minute-passed', at: 0});
		await new Promise((resolve) => void setImmediate(resolve));
		expect([asked, time.slept()]).toEqual([[], []]);
		store.dispatch({type: 'containers-listed', containers: [containerOf('a', {task: taskOf('a', {pid: 1})})]});
		await vi.waitUntil(() => time.slept().length === 1);
		expect([asked, store.get().usage.size]).toEqual([['default'], 1]);
	});
});

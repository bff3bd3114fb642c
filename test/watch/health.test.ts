import {setTimeout as delay} from 'node:timers/promises';
import {describe, expect, onTestFinished, test} from 'vitest';
import type {Container} from '../../source/model/container.ts';
import {labels} from '../../source/model/labels.ts';
import {createAppStore} from '../../source/store/index.ts';
import {watchHealth} from '../../source/watch/health.ts';

const container = (id: string, changes: {readonly status?: 'running' | 'stopped'; readonly intervalMs?: number; readonly test?: readonly string[]} = {}): Container => ({
	namespace: 'default',
	id,
	image: '',
	labels: changes.test === undefined && changes.intervalMs === undefined ? {} : {[labels.healthCheck]: JSON.stringify({Test: changes.test ?? ['CMD', 'true'], Interval: (changes.intervalMs ?? 30_000) * 1e6})},
	runtime: '',
	snapshotter: '',
	snapshotKey: '',
	sandboxId: '',
	createdAt: 0,
	updatedAt: 0,
	task: {containerId: id, pid: 1, status: changes.status ?? 'running', exitStatus: 0, exitedAt: undefined, stdin: '', stdout: '', stderr: '', terminal: false},
});

/** Time that passes when it is told to; sleepers wake in the order of their time. */
const handClock = () => {
	let now = 0;
	let sleepers: Array<{readonly at: number; readonly wake: () => void}> = [];
	return {
		now: () => now,
		sleeping: () => sleepers.length,
		sleep: (ms: number, signal?: AbortSignal) =>
			new Promise<void>((resolve, reject) => {
				const sleeper = {at: now + ms, wake: resolve};
				signal?.addEventListener('abort', () => {
					sleepers = sleepers.filter(each => each !== sleeper);
					reject(new DOMException('aborted', 'AbortError'));
				});
				sleepers.push(sleeper);
			}),
		async pass(ms: number) {
			const until = now + ms;
			for (;;) {
				const next = sleepers.toSorted((a, b) => a.at - b.at)[0];
				if (next === undefined || next.at > until) break;
				now = next.at;
				sleepers = sleepers.filter(each => each !== next);
				next.wake();
				await delay(0);
			}
			now = until;
		},
	};
};

const open = async (...first: readonly Container[]) => {
	const store = createAppStore({address: '', hostname: '', snapshotter: '', readonly: false, scope: {kind: 'one', namespace: 'default'}, now: 0});
	const clock = handClock();
	const probes: string[] = [];
	const list = async (...containers: readonly Container[]) => {
		store.dispatch({type: 'containers-listed', containers});
		// Listeners wake once per turn.
		await delay(0);
	};
	const probing: {of: (id: string) => Promise<undefined>} = {of: async () => undefined};
	const watch = watchHealth({
		store,
		clock,
		containers: {
			probeHealth: async ({id}, options) => {
				probes.push(`${clock.now()} ${id} ${options?.ifOlderThanMs}`);
				return probing.of(id);
			},
		},
	});
	onTestFinished(watch.stop);
	await list(...first);
	return {clock, probes, list, probing, watch};
};

describe('health checks while a Gantry is open', () => {
	test('cost nothing where nobody declares one, or it is switched off', async () => {
		const {clock} = await open(container('a'), container('b', {test: ['NONE']}), container('c', {intervalMs: 1000, status: 'stopped'}));
		expect(clock.sleeping()).toBe(0);
	});

	test('are soon run for what was up before, and then as often as it asks for', async () => {
		const {clock, probes} = await open(container('a', {intervalMs: 5000}));
		await clock.pass(11_500);
		expect(probes).toEqual(['1000 a 4500', '6000 a 4500', '11000 a 4500']);
	});

	test('wait one interval for what has just started, and end with it', async () => {
		const {clock, probes, list} = await open();
		await list(container('a', {intervalMs: 5000}));
		await clock.pass(4999);
		expect(probes).toEqual([]);
		await clock.pass(1);
		expect(probes).toEqual(['5000 a 4500']);
		await list(container('a', {intervalMs: 5000, status: 'stopped'}));
		expect(clock.sleeping()).toBe(0);
		await list(container('a', {intervalMs: 5000}));
		await clock.pass(5000);
		expect(probes).toHaveLength(2);
	});

	test('go on after one that failed, and stop with the dashboard', async () => {
		const {clock, probes, probing, watch} = await open(container('a', {intervalMs: 2000}));
		probing.of = async () => Promise.reject(new Error('no'));
		await clock.pass(3000);
		expect(probes).toHaveLength(2);
		watch.stop();
		expect(clock.sleeping()).toBe(0);
	});

	test('are never more than four at once', async () => {
		let running = 0;
		let most = 0;
		const ends: Array<() => void> = [];
		const {clock, probes, probing} = await open(...'abcdefgh'.split('').map(id => container(id, {intervalMs: 60_000})));
		probing.of = async () => {
			most = Math.max(most, ++running);
			await new Promise<void>(resolve => void ends.push(resolve));
			running--;
			return undefined;
		};
		await clock.pass(1000);
		while (probes.length < 8 || ends.length > 0) {
			ends.shift()?.();
			await delay(0);
		}
		expect([most, probes.length]).toEqual([4, 8]);
	});
});

import {describe, expect, test} from 'vitest';
import {createStore} from '../../source/store/create-store.ts';
import {containerOf, live, newStore, taskOf} from './known.ts';

describe('the store', () => {
	test('a burst of events wakes a listener once, and what is read meanwhile is up to date', async () => {
		const store = createStore(0, (state: number, by: number) => state + by);
		const heard: number[] = [];
		store.subscribe(() => heard.push(store.get()));
		for (let count = 0; count < 2000; count += 1) store.dispatch(1);
		expect(store.get()).toBe(2000);
		await Promise.resolve();
		expect(heard).toEqual([2000]);
	});

	test('what changes nothing wakes nobody', async () => {
		const store = createStore('same', (state: string, _event: string) => state);
		let woken = 0;
		store.subscribe(() => {
			woken += 1;
		});
		store.dispatch('x');
		await Promise.resolve();
		expect(woken).toBe(0);
	});
});

describe('the life of the state', () => {
	test('losing the daemon makes lists stale, not empty, and readings go', () => {
		const store = newStore();
		store.dispatch({type: 'containers-listed', containers: [containerOf('a')]});
		store.dispatch(live);
		store.dispatch({type: 'connection-changed', connection: {status: 'lost', reason: 'gone', attempt: 1}});
		const {containers, usage, images} = store.get();
		expect(containers.freshness).toBe('stale');
		expect([...containers.items.keys()]).toEqual(['default/a']);
		expect(usage.size).toBe(0);
		// What was never known is not stale.
		expect(images.freshness).toBe('loading');
	});

	test('another namespace or host forgets what was about the old one', () => {
		for (const event of [{type: 'scope-changed', scope: {kind: 'all'}}, {type: 'host-changed', address: '/b.sock'}] as const) {
			const store = newStore();
			store.dispatch({type: 'containers-listed', containers: [containerOf('a')]});
			store.dispatch({type: 'pending-changed', key: 'default/a', verb: 'stopping'});
			store.dispatch(event);
			expect(store.get().containers).toMatchObject({freshness: 'loading', failure: undefined});
			expect(store.get().containers.items.size).toBe(0);
			expect(store.get().pending.size).toBe(0);
		}
	});

	test('a task that changes touches its container alone; one of an unknown container touches nothing', () => {
		const store = newStore();
		store.dispatch({type: 'containers-listed', containers: [containerOf('a'), containerOf('b')]});
		const before = store.get();
		store.dispatch({type: 'task-changed', ref: {namespace: 'default', id: 'nobody'}, task: taskOf('nobody')});
		expect(store.get()).toBe(before);
		store.dispatch({type: 'task-changed', ref: {namespace: 'default', id: 'a'}, task: taskOf('a', {status: 'stopped', exitStatus: 3})});
		expect(store.get().containers.items.get('default/a')?.task).toMatchObject({status: 'stopped', exitStatus: 3});
		expect(store.get().containers.items.get('default/b')).toBe(before.containers.items.get('default/b'));
	});

	test('a list that failed keeps what it had and says why; the next good one clears it', () => {
		const store = newStore();
		store.dispatch({type: 'images-listed', images: []});
		store.dispatch({type: 'list-failed', list: 'images', reason: 'broken'});
		expect(store.get().images).toMatchObject({freshness: 'stale', failure: 'broken'});
		store.dispatch({type: 'images-listed', images: []});
		expect(store.get().images).toMatchObject({freshness: 'live', failure: undefined});
	});

	test('messages are dismissed from the screen, not from the list; a lost connection outdates them', () => {
		const store = newStore();
		const say = (id: number) => store.dispatch({type: 'notice-given', notice: {id, tone: 'bad', text: `${id}`, at: 0}});
		store.dispatch(live);
		say(1);
		say(2);
		store.dispatch({type: 'notice-dismissed', id: 1});
		expect(store.get()).toMatchObject({readNotice: 1});
		store.dispatch({type: 'connection-changed', connection: {status: 'lost', reason: 'gone', attempt: 1}});
		expect(store.get().readNotice).toBe(2);
		say(3);
		store.dispatch({type: 'connection-changed', connection: {status: 'lost', reason: 'gone', attempt: 2}});
		expect(store.get().readNotice).toBe(2);
		expect(store.get().notices.map(({id}) => id)).toEqual([1, 2, 3]);
	});

	test('events and messages are bounded', () => {
		const store = newStore();
		for (let id = 0; id < 100; id += 1) store.dispatch({type: 'notice-given', notice: {id, tone: 'info', text: '', at: 0}});
		expect(store.get().notices).toHaveLength(20);
		const event = {kind: 'task-oom', at: 0, namespace: 'default', containerId: 'a', topic: ''} as never;
		for (let round = 0; round < 20; round += 1) store.dispatch({type: 'events-heard', events: Array.from({length: 100}, () => event)});
		expect(store.get().events.length).toBeLessThanOrEqual(500);
	});
});

import type {Containerd} from '../clients/containerd/types.ts';
import type {DaemonEvent} from '../model/event.ts';
import type {AppStore} from '../store/index.ts';
import {type Changes, createChanges} from './changes.ts';
import {listContainers, listImages, listNamespaces} from './lists.ts';

export type SessionOptions = {
	readonly containerd: Containerd;
	readonly store: AppStore;
	readonly signal: AbortSignal;
	/** Called once, when the lists are true. Answers what may be told to look again. */
	readonly onLive: (session: {refresh(): void}) => void;
};

/**
One life of a connection: subscribe, list, apply; ends by throwing what ended it.

Subscribing comes before listing: an event that fell between the two would be lost, and the row would lie until the next refresh.
*/
export const runSession = async ({containerd, store, signal, onLive}: SessionOptions): Promise<never> => {
	const ended = new AbortController();
	const within = AbortSignal.any([signal, ended.signal]);
	const {version} = await containerd.version({signal: within});
	const dependencies = {containerd, store, signal: within};
	const changes = createChanges(dependencies);
	const settler = createSettler(changes);
	const subscribed = Promise.withResolvers<void>();
	const listening = (async () => {
		const heard = createHearing(store, changes, settler.wake);
		for await (const event of containerd.events({signal: within, onSubscribed: subscribed.resolve})) heard(event);
		throw new Error('the event stream ended');
	})();
	try {
		// Whichever fails first ends the session; the others are aborted below and their rejections are this same end.
		await Promise.race([listening, subscribed.promise]);
		await listNamespaces(dependencies);
		const {scope} = store.get();
		await Promise.race([listening, listContainers(dependencies)]);
		store.dispatch({type: 'connection-changed', connection: {status: 'live', version}});
		onLive({
			refresh() {
				changes.noteAll();
				settler.wake();
			},
		});
		await Promise.race([listening, listImages(dependencies)]);
		// What was listed for a namespace that is no longer looked at was thrown away.
		if (store.get().scope !== scope) changes.noteAll();
		settler.open();
		settler.wake();
		return await Promise.race([listening, settler.failure]);
	} finally {
		ended.abort();
		listening.catch(() => undefined);
	}
};

/** Runs `settle` one at a time; what is noted meanwhile is settled by the same run. Closed until the first lists are in. */
const createSettler = (changes: Changes) => {
	const failed = Promise.withResolvers<never>();
	failed.promise.catch(() => undefined);
	let isOpen = false;
	let isRunning = false;
	let wasWoken = false;
	const run = async () => {
		try {
			// What is noted after `settle` has looked for the last time, and before we hear of it, would wait for the next event.
			do {
				wasWoken = false;
				await changes.settle();
			} while (wasWoken);
		} catch (error) {
			failed.reject(error);
		} finally {
			isRunning = false;
		}
	};
	return {
		failure: failed.promise,
		open() {
			isOpen = true;
		},
		wake() {
			wasWoken = true;
			if (!isOpen || isRunning) return;
			isRunning = true;
			// After the turn, so that a burst of events is read again once.
			setImmediate(run);
		},
	};
};

/** Notes each event at once and hands them to the events view in bunches: a burst must not copy the list per event. */
const createHearing = (store: AppStore, changes: Changes, wake: () => void) => {
	let bunch: DaemonEvent[] = [];
	return (event: DaemonEvent) => {
		changes.note(event);
		wake();
		if (bunch.length === 0)
			setImmediate(() => {
				const events = bunch;
				bunch = [];
				store.dispatch({type: 'events-heard', events});
			});
		bunch.push(event);
	};
};

import {type Container, containerKey, type ContainerRef} from '../model/container.ts';
import {healthCheckOf} from '../model/health.ts';
import {labels} from '../model/labels.ts';
import type {ContainersService} from '../services/containers/types.ts';
import type {AppStore} from '../store/index.ts';
import {type Clock, realClock} from './clock.ts';

export type HealthWatchDependencies = {
	readonly store: AppStore;
	readonly containers: Pick<ContainersService, 'probeHealth'>;
	readonly clock?: Clock;
};

/** Long enough for the first lists to be on the screen. */
const firstMs = 1000;
/** Each is an exec: more at once would be felt. */
const mostAtOnce = 4;

const isDue = (container: Container): boolean => container.task?.status === 'running' && labels.healthCheck in container.labels;

/**
Runs the health checks that running containers declare, while this Gantry is open. containerd runs none, and nerdctl needs systemd's timers for it.

Where nobody declares one it does nothing at all. Each container has a sleep of its own, of the length that it asks for; a result that somebody else
wrote meanwhile, another Gantry or a timer, counts as ours.
*/
export const watchHealth = ({store, containers, clock = realClock}: HealthWatchDependencies): {stop(): void} => {
	const stopping = new AbortController();
	const watched = new Map<string, AbortController>();
	const turns = createTurns(mostAtOnce);
	let seen: unknown;
	let isFirst = true;

	const keepProbing = async (ref: ContainerRef, intervalMs: number, waitMs: number, signal: AbortSignal): Promise<void> => {
		for (let next = waitMs; ; next = intervalMs) {
			await clock.sleep(next, signal);
			// Nine tenths: the clock that wakes us is not exact, and a check must not be left out for a millisecond.
			await turns(() => containers.probeHealth(ref, {signal, ifOlderThanMs: intervalMs * 0.9})).catch(() => {
				// It may be stopping, or somebody else holds its lock: the row says the former, and the next turn comes.
			});
			signal.throwIfAborted();
		}
	};

	const look = (): void => {
		const {containers: known} = store.get();
		if (known.items === seen || known.freshness !== 'live') return;
		seen = known.items;
		const due = [...known.items.values()].filter(isDue);
		const keys = new Set(due.map(containerKey));
		for (const [key, controller] of watched) {
			if (keys.has(key)) continue;
			watched.delete(key);
			controller.abort();
		}
		for (const container of due) {
			const key = containerKey(container);
			const check = watched.has(key) ? undefined : healthCheckOf(container.labels);
			if (check === undefined) continue;
			const controller = new AbortController();
			watched.set(key, controller);
			const {namespace, id} = container;
			// One that has just started is given the time that it asks for; one that was up before us may be overdue.
			void keepProbing({namespace, id}, check.intervalMs, isFirst ? Math.min(firstMs, check.intervalMs) : check.intervalMs, AbortSignal.any([controller.signal, stopping.signal])).catch(() => undefined);
		}
		isFirst = false;
	};

	const unsubscribe = store.subscribe(look);
	look();
	return {
		stop() {
			unsubscribe();
			stopping.abort();
		},
	};
};

/** So many at a time; the others wait in line. */
const createTurns = (most: number) => {
	const waiting: Array<() => void> = [];
	let running = 0;
	return async <T>(work: () => Promise<T>): Promise<T> => {
		if (running >= most) await new Promise<void>((resolve) => void waiting.push(resolve));
		running += 1;
		try {
			return await work();
		} finally {
			running -= 1;
			waiting.shift()?.();
		}
	};
};

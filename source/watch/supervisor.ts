import {isAbort, sentence} from '../errors.ts';
import type {Containerd} from '../clients/containerd/types.ts';
import type {AppStore} from '../store/index.ts';
import type {Clock} from './clock.ts';
import {runSession} from './session.ts';

const firstDelayMs = 250;
const longestDelayMs = 5000;

/** A connection that holds this long was a good one: the next try after it comes soon. */
const steadyMs = 5000;

export type Supervisor = {
	/** Look at everything again now; without a connection, try to reach the daemon at once. */
	refresh(): void;
	stop(): void;
};

export type SupervisorOptions = {
	readonly containerd: Containerd;
	readonly store: AppStore;
	readonly clock: Clock;
	/** Each time the lists are true: first, and after every reconnection. */
	readonly onLive?: () => void;
};

/** Keeps a session alive for ever: losing the daemon makes the lists stale, and each try waits longer than the last, up to five seconds. */
export const supervise = ({containerd, store, clock, onLive}: SupervisorOptions): Supervisor => {
	const stopping = new AbortController();
	let nudge = new AbortController();
	let live: {refresh(): void} | undefined;
	const run = async () => {
		let attempt = 0;
		let wasLive = false;
		let liveAt: number | undefined;
		while (!stopping.signal.aborted) {
			try {
				await runSession({
					containerd,
					store,
					signal: stopping.signal,
					onLive: (session) => {
						wasLive = true;
						liveAt = clock.now();
						live = session;
						onLive?.();
					},
				});
			} catch (error) {
				live = undefined;
				if (stopping.signal.aborted || (isAbort(error) && stopping.signal.aborted)) return;
				attempt = liveAt !== undefined && clock.now() - liveAt >= steadyMs ? 1 : attempt + 1;
				liveAt = undefined;
				store.dispatch({type: 'connection-changed', connection: {status: wasLive ? 'lost' : 'failed', reason: sentence(error), attempt}});
			}
			nudge = new AbortController();
			try {
				await clock.sleep(Math.min(firstDelayMs * 2 ** (attempt - 1), longestDelayMs), AbortSignal.any([stopping.signal, nudge.signal]));
			} catch (error) {
				if (!isAbort(error)) throw error;
			}
		}
	};
	void run();
	return {
		refresh() {
			if (live === undefined) nudge.abort();
			else live.refresh();
		},
		stop() {
			stopping.abort();
		},
	};
};

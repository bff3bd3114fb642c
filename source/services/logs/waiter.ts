import {dirname} from 'node:path';
import {onceChanged} from '../../clients/host/index.ts';

/** Between two reads of a busy log: a dozen times a second is as live as eyes are. */
const busyMs = 80;
/** So long nothing new: stop asking, and let the kernel say when something happens. */
const quietAfterMs = 1000;
/** What the kernel does not say (network file systems, a directory that came back) is found after this. */
const idleCheckMs = 2000;

export type Waiter = {
	/** Resolves when it is worth looking again; says whether the log has been quiet, and when only the clock says so. */
	wait(): Promise<'busy' | 'quiet' | 'unannounced'>;
	/** Something was read: stay awake. */
	busy(): void;
	close(): void;
};

/** When to look at a file again: by the clock while it grows, by the kernel's word while it is quiet. */
export const createWaiter = (path: string, signal: AbortSignal): Waiter => {
	let lastBusyAt = performance.now();
	let stopWatching: (() => void) | undefined;
	let changed = false;
	let wake: () => void = () => undefined;

	const pause = async (ms: number): Promise<void> => {
		if (signal.aborted) return;
		await new Promise<void>(resolve => {
			const timer = setTimeout(resolve, ms);
			wake = () => {
				clearTimeout(timer);
				resolve();
			};
		});
	};
	const onAbort = (): void => wake();
	signal.addEventListener('abort', onAbort);

	return {
		async wait() {
			if (performance.now() - lastBusyAt < quietAfterMs) {
				await pause(busyMs);
				return 'busy';
			}
			if (stopWatching === undefined) {
				changed = false;
				stopWatching = onceChanged(dirname(path), () => {
					stopWatching = undefined;
					changed = true;
					wake();
				});
				// Look once more: what was written before the watch began is not announced.
				return 'quiet';
			}
			if (!changed) await pause(idleCheckMs);
			const pace = changed ? 'quiet' : 'unannounced';
			changed = false;
			return pace;
		},
		busy() {
			lastBusyAt = performance.now();
		},
		close() {
			stopWatching?.();
			signal.removeEventListener('abort', onAbort);
			wake();
		},
	};
};

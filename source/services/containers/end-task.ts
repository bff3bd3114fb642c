import type {Exit} from '../../clients/containerd/types.ts';
import {Failure, isAbort, isFailure} from '../../errors.ts';
import type {ContainerRef} from '../../model/container.ts';
import type {Clock} from './clock.ts';
import type {Uses} from './dependencies.ts';

/** A process in an uninterruptible sleep does not die of KILL: then say so instead of waiting for ever. */
const killPatienceMs = 20_000;

/** The task went away under us, which is what we wanted. */
const gone: Exit = {exitStatus: 0, exitedAt: undefined};

export const orGone = async <T>(call: Promise<T>, instead: T): Promise<T> => {
	try {
		return await call;
	} catch (error) {
		if (isFailure(error, 'not-found')) return instead;
		throw error;
	}
};

/** Ask for the exit before sending the signal that causes it: nothing can then end unseen. `stopWatching` gives the call up. */
export const watchExit = (
	{containerd}: Uses<{tasks: 'wait'}>,
	ref: ContainerRef,
	signal?: AbortSignal,
): {readonly exit: Promise<Exit>; stopWatching(): void} => {
	const controller = new AbortController();
	const exit = orGone(
		containerd.tasks.wait(ref, {signal: signal === undefined ? controller.signal : AbortSignal.any([signal, controller.signal])}),
		gone,
	);
	exit.catch(() => undefined);
	return {exit, stopWatching: () => controller.abort()};
};

/** True when `exit` came before `ms` were over. */
export const exitedWithin = async (exit: Promise<Exit>, ms: number, clock: Clock, signal?: AbortSignal): Promise<boolean> => {
	const timer = new AbortController();
	const sleeping = clock.sleep(ms, signal === undefined ? timer.signal : AbortSignal.any([signal, timer.signal])).then(() => false);
	sleeping.catch(() => undefined);
	try {
		return await Promise.race([exit.then(() => true), sleeping]);
	} finally {
		timer.abort();
	}
};

const ignoreAllButAbort = (error: unknown): void => {
	if (isAbort(error)) throw error;
};

/** KILL and wait for the end; a task that has ended already is fine. */
export const killAndWait = async (
	dependencies: Uses<{tasks: 'kill' | 'wait' | 'resume'}> & {readonly clock: Clock},
	ref: ContainerRef,
	{signal, frozen = false}: {readonly signal?: AbortSignal; readonly frozen?: boolean} = {},
): Promise<void> => {
	const {tasks} = dependencies.containerd;
	const options = signal === undefined ? {} : {signal};
	const watching = watchExit(dependencies, ref, signal);
	try {
		await orGone(tasks.kill(ref, 9, options), undefined);
		// With cgroup v1 a frozen process dies only when it thaws. runc sees to that itself and then has nothing left to resume; others may not.
		if (frozen) await tasks.resume(ref, options).catch(ignoreAllButAbort);
		if (!(await exitedWithin(watching.exit, killPatienceMs, dependencies.clock, signal))) {
			throw new Failure('timeout', `it did not end within ${killPatienceMs / 1000} s of SIGKILL`, {
				hint: 'a process that hangs in the kernel (state D) can not be killed: look for failing storage',
			});
		}
	} finally {
		watching.stopWatching();
	}
};

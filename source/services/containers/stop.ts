import {Failure, failing} from '../../errors.ts';
import type {ContainerRecord, ContainerRef} from '../../model/container.ts';
import {labels} from '../../model/labels.ts';
import {signalNumber} from '../../model/signal.ts';
import type {Clock} from './clock.ts';
import type {Uses} from './dependencies.ts';
import {exitedWithin, killAndWait, orGone, watchExit} from './end-task.ts';
import {nameOf} from './name.ts';
import {guardRestarts} from './restart-labels.ts';
import type {StopOptions} from './types.ts';

const sigterm = 15;
const defaultTimeoutMs = 10_000;
const countdownEveryMs = 1000;

export type StopDependencies = Uses<{containers: 'get' | 'setLabels'; tasks: 'find' | 'kill' | 'wait' | 'resume'}> & {
	readonly clock: Clock;
};

/**
Stop signal, patience, KILL. The task record stays, so that everybody sees an exited container rather than a created one.
A container that does not run is left alone, except that its restart policy is told that this is wanted.
*/
export const stop = async (dependencies: StopDependencies, ref: ContainerRef, options: StopOptions = {}): Promise<void> => {
	const {containerd} = dependencies;
	let name = ref.id;
	try {
		const record = await containerd.containers.get(ref, callOptions(options));
		name = nameOf(record);
		const stopSignal = options.stopSignal ?? stopSignalOf(record);
		const timeoutMs = options.timeoutMs ?? stopTimeoutOf(record);
		const guard = await guardRestarts(dependencies, record, 'stop', callOptions(options));
		try {
			await end(dependencies, ref, stopSignal, timeoutMs, options);
		} catch (error) {
			await guard.restore().catch(() => undefined);
			throw error;
		}
		await guard.settle('stopped');
	} catch (error) {
		throw failing(`stop ${name}`, error);
	}
};

const end = async (
	dependencies: StopDependencies,
	ref: ContainerRef,
	stopSignal: number,
	timeoutMs: number,
	options: StopOptions,
): Promise<void> => {
	const {containerd, clock} = dependencies;
	const task = await containerd.tasks.find(ref, callOptions(options));
	if (task === undefined || task.status === 'stopped' || task.status === 'created') return;
	const frozen = task.status === 'paused' || task.status === 'pausing';
	if (timeoutMs <= 0) return killAndWait(dependencies, ref, {...callOptions(options), frozen});
	const watching = watchExit(dependencies, ref, options.signal);
	try {
		// A frozen process takes no signal: thawed first, as nerdctl does.
		if (frozen) await containerd.tasks.resume(ref, callOptions(options));
		await orGone(containerd.tasks.kill(ref, stopSignal, callOptions(options)), undefined);
		const deadline = clock.now() + timeoutMs;
		for (let leftMs = timeoutMs; leftMs > 0; leftMs -= countdownEveryMs) {
			options.onCountdown?.(leftMs);
			// Until the moment of the next number, not for a second: timers are late and would add up.
			const sleepMs = deadline - Math.max(0, leftMs - countdownEveryMs) - clock.now();
			if (await exitedWithin(watching.exit, Math.max(0, sleepMs), clock, options.signal)) return;
		}
	} finally {
		watching.stopWatching();
	}
	await killAndWait(dependencies, ref, callOptions(options));
};

const callOptions = ({signal}: {readonly signal?: AbortSignal}): {readonly signal?: AbortSignal} => (signal === undefined ? {} : {signal});

/** What the image or the creator asked for. A label that names no signal is a mistake worth telling, not one to guess around. */
export const stopSignalOf = ({labels: all}: Pick<ContainerRecord, 'labels'>): number => {
	const label = all[labels.stopSignal];
	if (label === undefined || label === '') return sigterm;
	const signal = signalNumber(label);
	if (signal === undefined) {
		throw new Failure('invalid', `its stop signal ${JSON.stringify(label)} is not one that Linux has`, {
			hint: 'choose a signal yourself with kill',
		});
	}
	return signal;
};

/** `nerdctl/stop-timeout` is in seconds, fractions allowed. */
export const stopTimeoutOf = ({labels: all}: Pick<ContainerRecord, 'labels'>): number => {
	const seconds = Number.parseFloat(all[labels.stopTimeout] ?? '');
	return Number.isFinite(seconds) && seconds >= 0 ? seconds * 1000 : defaultTimeoutMs;
};

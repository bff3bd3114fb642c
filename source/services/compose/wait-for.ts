import {Failure, isFailure} from '../../errors.ts';
import {healthCheckOf} from '../../model/health.ts';
import type {ComposeDependencies} from './dependencies.ts';

type Waited = {readonly ref: {readonly namespace: string; readonly id: string}; readonly name: string};

/** Between two looks at a container that is starting; its own interval may be half a minute. */
const mostBetweenMs = 1000;

/** The output of a probe in one line, for a sentence. */
const lastWords = (output: string): string => {
	const [line = ''] = output.trim().split('\n').slice(-1);
	return line === '' ? 'it said nothing' : `it said ${JSON.stringify(line.slice(0, 200))}`;
};

type Probed = Awaited<ReturnType<ComposeDependencies['containers']['probeHealth']>>;

const isOver = ({aborted, reason}: AbortSignal): boolean => aborted && reason instanceof DOMException && reason.name === 'TimeoutError';

/**
Probes a container until its health check succeeds: containerd knows no health, and nobody else may be there who asks. It has failed when it has failed
as often as it may, has ended, or when the signal is one of a time that is over: then its last probe is told.
*/
export const waitHealthy = async ({containers, sleep}: ComposeDependencies, {ref, name}: Waited, signal: AbortSignal): Promise<void> => {
	const {record} = await containers.inspect(ref, {signal});
	const check = healthCheckOf(record.labels);
	if (check === undefined) throw new Failure('invalid', `${name} has no health check to wait for`, {hint: 'give its service a healthcheck, or depend on service_started'});
	let last: Probed;
	try {
		for (;;) {
			last = await containers.probeHealth(ref, {signal}).catch((error: unknown) => {
				if (isFailure(error, 'conflict')) throw new Failure('conflict', `${name} ended before it was healthy`, {cause: error, hint: `see why: logs ${name}`});
				throw error;
			});
			if (last?.state.Status === 'healthy') return;
			if (last?.state.Status === 'unhealthy')
				throw new Failure('timeout', `${name} is unhealthy after ${last.state.FailingStreak} probes: the last one ended with ${last.exitCode}, and ${lastWords(last.output)}`, {hint: `see why: logs ${name}`});
			await sleep(Math.min(check.intervalMs, mostBetweenMs), signal);
		}
	} catch (error) {
		if (error instanceof Failure || last === undefined || !isOver(signal)) throw error;
		throw new Failure('timeout', `${name} is not healthy in time: its last probe ended with ${last.exitCode}, and ${lastWords(last.output)}`, {cause: error, hint: `see why: logs ${name}`});
	}
};

export const waitCompleted = async ({containers}: ComposeDependencies, {ref, name}: Waited, signal: AbortSignal): Promise<void> => {
	const {exitStatus} = await containers.wait(ref, {signal});
	if (exitStatus !== 0) throw new Failure('conflict', `${name} ended with ${exitStatus}`, {hint: `see why: logs ${name}`});
};

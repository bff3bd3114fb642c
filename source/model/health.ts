import {jsonLabel} from './docker-labels.ts';
import {listOf, numberOf, recordOf, textOf} from './docker-spec.ts';
import {labels} from './labels.ts';

type Labels = Readonly<Record<string, string>>;

/** A health check as nerdctl's label declares it, with docker's defaults. */
export type HealthCheck = {
	readonly args: readonly string[];
	readonly intervalMs: number;
	readonly timeoutMs: number;
	readonly retries: number;
	readonly startPeriodMs: number;
};

/** nerdctl's `HealthState`, by its names in Go: what the label holds. */
export type HealthState = {readonly Status: 'starting' | 'healthy' | 'unhealthy'; readonly FailingStreak: number; readonly InStartPeriod: boolean};

const millisecondsOf = (nanoseconds: unknown, otherwise: number): number => (numberOf(nanoseconds) > 0 ? numberOf(nanoseconds) / 1_000_000 : otherwise);

const argsOf = (test: readonly string[]): readonly string[] | undefined => {
	const [first = '', ...rest] = test;
	if (first === '' || first === 'NONE') return undefined;
	if (first === 'CMD') return rest.length === 0 ? undefined : rest;
	if (first === 'CMD-SHELL') return rest.join(' ').trim() === '' ? undefined : ['/bin/sh', '-c', rest.join(' ')];
	return test;
};

/** Undefined when the container declares none, or has it switched off. */
export const healthCheckOf = (all: Labels): HealthCheck | undefined => {
	const declared = recordOf(jsonLabel(all, labels.healthCheck));
	const args = argsOf(listOf(declared['Test']).map(textOf));
	if (args === undefined) return undefined;
	return {
		args,
		intervalMs: millisecondsOf(declared['Interval'], 30_000),
		timeoutMs: millisecondsOf(declared['Timeout'], 30_000),
		retries: numberOf(declared['Retries']) || 3,
		startPeriodMs: millisecondsOf(declared['StartPeriod'], 0),
	};
};

export const healthStateOf = (all: Labels): HealthState | undefined => {
	const state = recordOf(jsonLabel(all, labels.healthState));
	const status = textOf(state['Status']);
	if (status !== 'starting' && status !== 'healthy' && status !== 'unhealthy') return undefined;
	return {Status: status, FailingStreak: numberOf(state['FailingStreak']), InStartPeriod: state['InStartPeriod'] === true};
};

/** nerdctl's rule. A failure in the start period counts for nothing, until the first success ends it; the period runs from the creation. */
export const nextHealth = (before: HealthState | undefined, check: HealthCheck, result: {readonly exitCode: number; readonly startedAt: number}, createdAt: number): HealthState => {
	const state = before ?? {Status: 'starting', FailingStreak: 0, InStartPeriod: check.startPeriodMs > 0};
	const isStarting = state.InStartPeriod && result.startedAt - createdAt < check.startPeriodMs;
	if (result.exitCode === 0) {
		if (isStarting) return {Status: 'healthy', FailingStreak: 0, InStartPeriod: false};
		return state.Status === 'healthy' ? state : {...state, Status: 'healthy', FailingStreak: 0};
	}
	if (isStarting) return state;
	const FailingStreak = state.FailingStreak + 1;
	return {...state, FailingStreak, Status: FailingStreak >= check.retries ? 'unhealthy' : state.Status};
};

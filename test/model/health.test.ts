import {expect, test} from 'vitest';
import {type HealthCheck, type HealthState, healthCheckOf, healthStateOf, nextHealth} from '../../source/model/health.ts';
import {labels} from '../../source/model/labels.ts';

const declared = (value: unknown) => healthCheckOf({[labels.healthCheck]: typeof value === 'string' ? value : JSON.stringify(value)});

test.each([
	[{Test: ['CMD', 'a', 'b']}, ['a', 'b']],
	[{Test: ['CMD-SHELL', 'a && b']}, ['/bin/sh', '-c', 'a && b']],
	[{Test: ['a', 'b']}, ['a', 'b']],
	[{Test: ['NONE']}, undefined],
	[{Test: ['CMD']}, undefined],
	[{Test: ['CMD-SHELL', ' ']}, undefined],
	[{Test: []}, undefined],
	[{}, undefined],
	['not json', undefined],
	['null', undefined],
])('%j runs %j', (label, args) => {
	expect(declared(label)?.args).toEqual(args);
});

test('times are nanoseconds, and docker has words for what is not said', () => {
	expect(declared({Test: ['CMD', 'a']})).toMatchObject({intervalMs: 30_000, timeoutMs: 30_000, retries: 3, startPeriodMs: 0});
	expect(declared({Test: ['CMD', 'a'], Interval: 5e9, Timeout: 2e9, Retries: 7, StartPeriod: 1e9})).toMatchObject({intervalMs: 5000, timeoutMs: 2000, retries: 7, startPeriodMs: 1000});
});

const check: HealthCheck = {args: ['a'], intervalMs: 1, timeoutMs: 1, retries: 2, startPeriodMs: 1000};
const state = (Status: HealthState['Status'], FailingStreak: number, InStartPeriod: boolean): HealthState => ({Status, FailingStreak, InStartPeriod});

test.each<[string, HealthState | undefined, number, number, HealthState]>([
	['the first failure in the start period', undefined, 1, 500, state('starting', 0, true)],
	['a failure in it later', state('starting', 0, true), 1, 900, state('starting', 0, true)],
	['a success in it ends it', state('starting', 0, true), 0, 500, state('healthy', 0, false)],
	['a failure after that success counts', state('healthy', 0, false), 1, 600, state('healthy', 1, false)],
	['a failure when it is over', state('starting', 0, true), 1, 1500, state('starting', 1, true)],
	['one too many', state('starting', 1, true), 1, 1600, state('unhealthy', 2, true)],
	['still failing', state('unhealthy', 2, false), 2, 1700, state('unhealthy', 3, false)],
	['well again', state('unhealthy', 3, false), 0, 1800, state('healthy', 0, false)],
	['nerdctl keeps the streak of what was healthy', state('healthy', 1, false), 0, 1800, state('healthy', 1, false)],
])('%s', (_, before, exitCode, startedAt, after) => {
	expect(nextHealth(before, check, {exitCode, startedAt}, 0)).toEqual(after);
});

test('a state that is none is not known', () => {
	for (const label of ['', 'x', '{}', '{"Status":"odd"}']) expect(healthStateOf({[labels.healthState]: label})).toBeUndefined();
	expect(healthStateOf({[labels.healthState]: '{"Status":"healthy"}'})).toEqual(state('healthy', 0, false));
});

import {expect, test} from 'vitest';
import {standingOf} from '../../../source/model/compose/standing.ts';
import type {Container, TaskStatus} from '../../../source/model/container.ts';

const one = (status: TaskStatus, exitStatus = 0, health?: string): Container =>
	({labels: health === undefined ? {} : {'nerdctl/healthstate': JSON.stringify({Status: health})}, task: {status, exitStatus}}) as unknown as Container;

test.each([
	['nothing', [], 1, 'not up', 0],
	['all that should', [one('running'), one('running')], 2, 'running', 2],
	['all healthy', [one('running', 0, 'healthy')], 1, 'healthy', 1],
	['one healthy, one that nobody checks', [one('running', 0, 'healthy'), one('running')], 2, 'running', 2],
	['fewer than there should be', [one('running')], 2, 'partly up', 1],
	['one down', [one('running'), one('stopped', 1)], 2, 'partly up', 1],
	['one unhealthy', [one('running'), one('running', 0, 'unhealthy')], 2, 'unhealthy', 2],
	['all down alike', [one('stopped'), one('stopped')], 2, 'exited (0)', 0],
	['all down', [one('stopped'), one('stopped', 137)], 2, 'stopped', 0],
	['paused', [one('paused')], 1, 'paused', 1],
] as const)('%s', (_, containers, wanted, word, running) => {
	expect(standingOf(containers, wanted)).toMatchObject({word, running});
});

import {expect, test} from 'vitest';
import {cgroupManagerOf} from '../../source/model/cgroup-manager.ts';

test.each<[string | undefined, 1 | 2, boolean, boolean, string]>([
	[undefined, 2, true, false, 'systemd'],
	[undefined, 2, false, false, 'cgroupfs'],
	['', 1, true, false, 'cgroupfs'],
	['systemd', 1, true, false, 'systemd'],
	['cgroupfs', 2, true, false, 'cgroupfs'],
	[undefined, 2, true, true, 'systemd'],
	[undefined, 2, false, true, 'none'],
	['none', 1, false, true, 'none'],
])('%s on version %s, systemd %s, rootless %s: %s', (configured, cgroupVersion, hasSystemd, isRootless, manager) =>
	expect(cgroupManagerOf(configured, {cgroupVersion, hasSystemd, isRootless})).toBe(manager));

test.each(['none', 'openrc'])('%s is refused to root', configured =>
	expect(() => cgroupManagerOf(configured, {cgroupVersion: 2, hasSystemd: true, isRootless: false})).toThrow('cgroup'));

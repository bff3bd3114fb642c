import {spawn} from 'node:child_process';
import {once} from 'node:events';
import {expect, test} from 'vitest';
import {readNetworkCounters} from '../../../source/clients/host/network-counters.ts';
import {parseNetworkCounters} from '../../../source/model/network-counters.ts';
import {parseProcess, readProcesses} from '../../../source/clients/host/processes.ts';

const stat = (name: string): string =>
	`42 (${name}) S 7 42 42 0 -1 4194304 100 0 0 0 250 50 0 0 20 0 1 0 12345 1000000 300 18446744073709551615`;
const status = 'Name:\tx\nUid:\t1000\t1001\t1000\t1000\nVmRSS:\t    2048 kB\n';

test.each([
	['a plain command', 'sh', 'sh\0-c\0echo  two\0', 'sh -c echo  two'],
	['a name that looks like fields', 'x) R 1 (y', '', '[x) R 1 (y]'],
	['a title that a process gave itself', 'nginx', 'nginx: worker process\0\0\0\0', 'nginx: worker process'],
])('%s', (_, name, cmdline, command) => {
	const users = new Map([[1001, 'app']]);
	expect(parseProcess({pid: 42, stat: stat(name), status, cmdline, bootedAt: 1_000_000, users})).toEqual({
		pid: 42,
		parentPid: 7,
		user: 'app',
		state: 'S',
		cpuNanoseconds: 3_000_000_000,
		residentBytes: 2048 * 1024,
		startedAt: 1_000_000 + 123_450,
		command,
	});
});

test('a kernel thread has no memory, a stranger no name', () => {
	const process = parseProcess({pid: 42, stat: stat('kthread'), status: 'Uid:\t0\t12\t0\t0\n', cmdline: '', bootedAt: 0, users: new Map()});
	expect(process).toMatchObject({user: '12', residentBytes: 0, command: '[kthread]'});
});

test('real processes, in the order asked, without those that are gone', async () => {
	const child = spawn('sleep', ['600']);
	const pid = child.pid!;
	try {
		const found = await readProcesses([pid, 2 ** 22 + 1, process.pid]);
		expect(found.map(each => each.pid)).toEqual([pid, process.pid]);
		expect(found[0]).toMatchObject({parentPid: process.pid});
		expect(Math.abs(Date.now() - found[0]!.startedAt)).toBeLessThan(60_000);
		expect(await readNetworkCounters(pid)).toEqual({receivedBytes: expect.any(Number), sentBytes: expect.any(Number)});
	} finally {
		child.kill();
		await once(child, 'exit');
	}
	expect(await readProcesses([pid])).toEqual([]);
	expect(await readNetworkCounters(pid)).toBeUndefined();
});

test.each([
	['    lo: 5 0 0 0 0 0 0 0 5 0 0 0 0 0 0 0\n  eth0: 100 1 0 0 0 0 0 0 200 2 0 0 0 0 0 0\n', {receivedBytes: 100, sentBytes: 200}],
	['  eth0:100 1 0 0 0 0 0 0 200 2 0 0 0 0 0 0\neth0.5@x:1:1 1 0 0 0 0 0 0 2 2 0 0 0 0 0 0\n', {receivedBytes: 101, sentBytes: 202}],
	['', {receivedBytes: 0, sentBytes: 0}],
])('counters of %j', (lines, expected) => {
	expect(parseNetworkCounters(`Inter-|   Receive\n face |bytes\n${lines}`)).toEqual(expected);
});

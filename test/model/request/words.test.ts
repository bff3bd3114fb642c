import {describe, expect, test} from 'vitest';
import {
	addressOf,
	bytesOf,
	durationOf,
	macOf,
	pairsOf,
	parseBlockDevice,
	parseBytes,
	parseDevice,
	parseExtraHost,
	parseLog,
	parseRestart,
	parseSecurity,
	parseUlimit,
	strictPairsOf,
} from '../../../source/model/request/index.ts';

test.each<[string, number | undefined]>([
	['0', 0],
	['512', 512],
	['1k', 1024],
	['64m', 64 * 2 ** 20],
	['64M', 64 * 2 ** 20],
	['64mb', 64 * 2 ** 20],
	['64MiB', 64 * 2 ** 20],
	['64 m', 64 * 2 ** 20],
	['1.5g', 1.5 * 2 ** 30],
	['32b', 32],
	['', undefined],
	['-1', undefined],
	['1x', undefined],
	['much', undefined],
	['1e3', undefined],
	['99999999p', undefined],
])('size %j', (text, bytes) => expect(parseBytes(text)).toBe(bytes));

test('a size that is none names its flag', () => expect(() => bytesOf('memory', 'much')).toThrow('--memory is "much"'));

test.each<[string, number]>([
	['0', 0],
	['0s', 0],
	['30s', 30_000],
	['1m30s', 90_000],
	['1.5h', 5_400_000],
	['.5s', 500],
	['100ms', 100],
	['1us', 0.001],
])('span %j', (text, milliseconds) => expect(durationOf('health-interval', text)).toBeCloseTo(milliseconds, 6));

test.each<[string, string]>([
	['30', 'no span of time'],
	['', 'no span of time'],
	['s', 'no span of time'],
	['-5s', 'cannot be negative'],
	['1d', 'no span of time'],
])('span %j is refused', (text, message) => expect(() => durationOf('health-interval', text)).toThrow(message));

test.each<[string, unknown]>([
	['', {kind: 'no'}],
	['no', {kind: 'no'}],
	['always', {kind: 'always'}],
	['unless-stopped', {kind: 'unless-stopped'}],
	['on-failure', {kind: 'on-failure', retries: 0}],
	['on-failure:5', {kind: 'on-failure', retries: 5}],
])('restart %j', (text, policy) => expect(parseRestart(text)).toEqual(policy));

test.each(['sometimes', 'always:3', 'no:1', 'on-failure:', 'on-failure:x', 'on-failure:-1', 'Always'])('restart %j is refused', text =>
	expect(() => parseRestart(text)).toThrow('unsupported restart policy'),
);

test.each<[string, unknown]>([
	['nofile=1024', {name: 'nofile', soft: 1024, hard: 1024}],
	['nofile=1024:2048', {name: 'nofile', soft: 1024, hard: 2048}],
	['nproc=-1', {name: 'nproc', soft: -1, hard: -1}],
	['core=0:-1', {name: 'core', soft: 0, hard: -1}],
])('ulimit %s', (text, limit) => expect(parseUlimit(text)).toEqual(limit));

test.each<[string, string]>([
	['nofile', 'invalid ulimit argument'],
	['nofile=', 'invalid ulimit argument'],
	['nofile=1:2:3', 'invalid ulimit argument'],
	['nofile=-2', 'invalid ulimit argument'],
	['files=1', 'invalid ulimit type: files'],
	['nofile=5:4', 'less than or equal to hard limit'],
	['nofile=-1:4', 'less than or equal to hard limit'],
])('ulimit %j is refused', (text, message) => expect(() => parseUlimit(text)).toThrow(message));

test.each<[string, unknown]>([
	['/dev/fuse', {path: '/dev/fuse', destination: '/dev/fuse', access: 'rwm'}],
	['/dev/fuse:rw', {path: '/dev/fuse', destination: '/dev/fuse', access: 'rw'}],
	['/dev/a:/dev/b', {path: '/dev/a', destination: '/dev/b', access: 'rwm'}],
	['/dev/a:/dev/b:r', {path: '/dev/a', destination: '/dev/b', access: 'r'}],
])('device %s', (text, wish) => expect(parseDevice(text)).toEqual(wish));

test.each<[string, string]>([
	['fuse', 'not an absolute path'],
	['/dev/a:/dev/b:r:w', 'too many colons'],
	['/dev/a:x', 'no set of r, w and m'],
	['/dev/a:/dev/b:', 'no set of r, w and m'],
	['vendor.com/gpu=0', 'CDI devices are not supported'],
])('device %j is refused', (text, message) => expect(() => parseDevice(text)).toThrow(message));

test.each<[string, Parameters<typeof parseBlockDevice>[1], number]>([
	['/dev/sda:500', 'weight', 500],
	['/dev/sda:0', 'weight', 0],
	['/dev/sda:1mb', 'readBps', 2 ** 20],
	['/dev/sda:1024', 'writeBps', 1024],
	['/dev/disk/by-id/x:7:300', 'readIops', 300],
])('block device %s', (text, kind, value) => expect(parseBlockDevice('x', kind, text)).toEqual({kind, path: text.slice(0, text.lastIndexOf(':')), value}));

test.each<[string, Parameters<typeof parseBlockDevice>[1], string]>([
	['sda:500', 'weight', 'bad format'],
	['/dev/sda', 'weight', 'bad format'],
	['/dev/sda:5', 'weight', 'invalid weight'],
	['/dev/sda:1001', 'weight', 'invalid weight'],
	['/dev/sda:1mb', 'readIops', 'invalid rate'],
	['/dev/sda:-1', 'writeBps', 'invalid rate'],
])('block device %s is refused', (text, kind, message) => expect(() => parseBlockDevice('blkio-weight-device', kind, text)).toThrow(message));

test.each<[string, string]>([
	['db:10.0.0.1', 'db:10.0.0.1'],
	['db=10.0.0.1', 'db:10.0.0.1'],
	['db:::1', 'db:::1'],
	['db:[::1]', 'db:::1'],
	['host.internal:host-gateway', 'host.internal:host-gateway'],
])('host %s', (text, pair) => expect(parseExtraHost(text)).toBe(pair));

test.each(['db', 'db:', ':1.2.3.4', 'db:nowhere', 'd b:1.2.3.4'])('host %j is refused', text => expect(() => parseExtraHost(text)).toThrow('bad format for add-host'));

test('addresses', () => {
	expect(addressOf('ip', '10.0.0.2', 4)).toBe('10.0.0.2');
	expect(addressOf('dns', '::1')).toBe('::1');
	expect(() => addressOf('ip', '::1', 4)).toThrow('no IPv4 address');
	expect(() => addressOf('dns', 'x')).toThrow('no IP address');
	expect(macOf('02:42:AC:11:00:02')).toBe('02:42:ac:11:00:02');
	expect(macOf('02-42-ac-11-00-02')).toBe('02:42:ac:11:00:02');
	expect(macOf('0242.ac11.0002')).toBe('02:42:ac:11:00:02');
	expect(() => macOf('02:42')).toThrow('invalid MAC address');
});

test('pairs', () => {
	expect(pairsOf(['b'], 'true')).toEqual({b: 'true'});
	expect(pairsOf(['a=1', 'b', 'c=d=e', 'a=2'])).toEqual({a: '2', b: '', c: 'd=e'});
	expect(strictPairsOf('sysctl', ['net.x=1', 'y='])).toEqual({'net.x': '1', y: ''});
	expect(() => strictPairsOf('sysctl', ['net.x'])).toThrow('--sysctl is "net.x"');
});

describe('--security-opt', () => {
	const none = {noNewPrivileges: false, unconfinedSystemPaths: false, writableCgroups: false, privilegedWithoutHostDevices: false};
	test.each<[readonly string[], object]>([
		[[], {}],
		[['no-new-privileges'], {noNewPrivileges: true}],
		[['no-new-privileges=false'], {}],
		[['seccomp=unconfined', 'apparmor=unconfined'], {seccomp: 'unconfined', apparmor: 'unconfined'}],
		[['seccomp=/a/b.json'], {seccomp: '/a/b.json'}],
		[['seccomp=builtin'], {}],
		[['seccomp:unconfined'], {seccomp: 'unconfined'}],
		[['systempaths=unconfined'], {unconfinedSystemPaths: true}],
		[['writable-cgroups=true'], {writableCgroups: true}],
		[['label=disable'], {}],
		[['privileged-without-host-devices'], {privilegedWithoutHostDevices: true}],
	])('%j', (texts, expected) => expect(parseSecurity(texts, true)).toEqual({...none, ...expected}));

	test.each<[string, string]>([
		['seccomp', 'invalid security-opt "seccomp"'],
		['seccomp=', 'invalid security-opt "seccomp"'],
		['apparmor=', 'invalid security-opt "apparmor"'],
		['systempaths=all', 'invalid security-opt "systempaths"'],
		['no-new-privileges=maybe', 'neither true nor false'],
		['label=type:x', 'SELinux labels are not set'],
		['magic=1', 'unknown security-opt: "magic"'],
		['privileged-without-host-devices', "can't be used without `--privileged`"],
	])('%s is refused', (text, message) => expect(() => parseSecurity([text], false)).toThrow(message));
});

describe('logs', () => {
	test.each<[string, readonly string[], unknown]>([
		['json-file', [], {driver: 'json-file', options: {}}],
		['json-file', ['max-size=10m', 'max-file=3'], {driver: 'json-file', options: {'max-size': '10m', 'max-file': '3'}}],
		['json-file', ['labels=a,b', 'env=HOME'], {driver: 'json-file', options: {labels: 'a,b', env: 'HOME'}}],
		['none', [], {driver: 'none', options: {}}],
		['binary:///usr/bin/logger?a=b', [], {uri: 'binary:///usr/bin/logger?a=b'}],
		['file:///x.log', [], {uri: 'file:///x.log'}],
	])('%s %j', (driver, options, request) => expect(parseLog(driver, options)).toEqual(request));

	test.each<[string, readonly string[], string]>([
		['journald', [], 'log driver "journald" is not supported'],
		['paper', [], 'log driver "paper" is not supported'],
		['json-file', ['max-size=big'], 'invalid max-size'],
		['json-file', ['max-size=0'], 'invalid max-size'],
		['json-file', ['max-file=0'], 'invalid max-file'],
		['json-file', ['log-path=x'], 'invalid log-path'],
		['json-file', ['tag=a'], 'log-opt "tag" is not supported'],
		['none', ['labels=a'], 'log-opt "labels" is not supported'],
		['none', ['max-size=1m'], 'log-opt "max-size" is not supported'],
		['binary:///x', ['a=b'], 'means nothing to binary:///x'],
	])('%s %j is refused', (driver, options, message) => expect(() => parseLog(driver, options)).toThrow(message));
});

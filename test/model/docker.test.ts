import {describe, expect, test} from 'vitest';
import type {Task} from '../../source/model/container.ts';
import {mountsLabel, stringsLabel} from '../../source/model/docker-labels.ts';
import {commandText} from '../../source/model/docker-list.ts';
import {interfacesFromHostsMeta} from '../../source/model/docker-network.ts';
import {portMappings, portsText} from '../../source/model/docker-ports.ts';
import {imageColumn, repoTag} from '../../source/model/reference.ts';
import {dockerName, dockerState, dockerStatus, restartPolicyOf} from '../../source/model/docker-status.ts';
import {progressBytes, threeDigitBytes} from '../../source/model/docker-units.ts';
import {goStruct, nilMap, nilSlice, sliceOf} from '../../source/model/template-struct.ts';
import {goJson, goPrint, goQuote, goTime, rfc3339Nano} from '../../source/model/template-values.ts';

const now = Date.UTC(2024, 0, 1);

const task = (status: Task['status'], exitStatus = 0): Task => ({
	containerId: 'a',
	pid: 1,
	status,
	exitStatus,
	exitedAt: status === 'stopped' ? now - 60_000 : undefined,
	stdin: '',
	stdout: '',
	stderr: '',
	terminal: false,
});

const restart = (policy: string, more: Readonly<Record<string, string>> = {}) => ({
	'containerd.io/restart.status': 'running',
	'containerd.io/restart.policy': policy,
	...more,
});

describe('the status text of nerdctl', () => {
	test.each([
		[undefined, {}, 'Created'],
		[task('running'), {}, 'Up'],
		[task('running'), {'nerdctl/healthstate': '{"Status":"healthy"}'}, 'Up (healthy)'],
		[task('running'), {'nerdctl/healthstate': '{"Status":"starting"}'}, 'Up (health: starting)'],
		[task('running'), {'nerdctl/healthstate': 'half {'}, 'Up'],
		[task('created'), {}, 'Created'],
		[task('paused'), {}, 'Paused'],
		[task('pausing'), {}, 'Pausing'],
		[task('unknown'), {}, 'Unknown'],
		[task('stopped', 137), {}, 'Exited (137) About a minute ago'],
		[task('stopped'), restart('always'), 'Restarting (0) About a minute ago'],
		[task('stopped'), restart(''), 'Restarting (0) About a minute ago'],
		[task('stopped'), restart('on-failure'), 'Exited (0) About a minute ago'],
		[task('stopped', 1), restart('on-failure:3', {'containerd.io/restart.count': '2'}), 'Restarting (1) About a minute ago'],
		[task('stopped', 1), restart('on-failure:3', {'containerd.io/restart.count': '3'}), 'Exited (1) About a minute ago'],
		[task('stopped', 1), restart('unless-stopped'), 'Restarting (1) About a minute ago'],
		[task('stopped', 1), restart('unless-stopped', {'containerd.io/restart.explicitly-stopped': 'true'}), 'Exited (1) About a minute ago'],
		[task('stopped', 1), restart('sometimes'), 'Exited (1) About a minute ago'],
	] as const)('%j %j is %s', (its, labels, text) => {
		expect(dockerStatus({labels, task: its}, now)).toBe(text);
	});

	test('an end that nobody timed has no age', () => {
		expect(dockerStatus({labels: {}, task: {...task('stopped'), exitedAt: undefined}}, now)).toBe('Exited (0)');
	});

	test('inspect says it in a word', () => {
		expect(dockerState({labels: {}}, task('stopped'))).toBe('exited');
		expect(dockerState({labels: restart('always')}, task('stopped'))).toBe('restarting');
		expect(dockerState({labels: {}}, task('paused'))).toBe('paused');
	});

	test.each([
		['always', {name: 'always', maximumRetries: 0}],
		['on-failure:5', {name: 'on-failure', maximumRetries: 5}],
		['always:5', undefined],
		['on-failure:x', undefined],
		['never', undefined],
	])('policy %s', (text, policy) => {
		expect(restartPolicyOf(text)).toEqual(policy);
	});

	test.each([
		[{'nerdctl/name': 'web'}, 'web'],
		[{'io.kubernetes.pod.namespace': 'n', 'io.kubernetes.pod.name': 'p'}, 'k8s://n/p'],
		[{'io.kubernetes.pod.namespace': 'n', 'io.kubernetes.pod.name': 'p', 'io.kubernetes.container.name': 'c'}, 'k8s://n/p/c'],
		[{'io.kubernetes.pod.name': 'p'}, ''],
	])('the name of %j', (labels, name) => {
		expect(dockerName(labels)).toBe(name);
	});
});

const port = (HostPort: number, ContainerPort: number, Protocol = 'tcp', HostIP = '0.0.0.0') => ({
	HostPort,
	ContainerPort,
	Protocol,
	HostIP,
});

describe('ports', () => {
	test.each([
		[[], ''],
		[[port(8080, 80)], '0.0.0.0:8080->80/tcp'],
		[[port(8081, 81), port(8080, 80)], '0.0.0.0:8080-8081->80-81/tcp'],
		[[port(8080, 80), port(8081, 90)], '0.0.0.0:8080->80, 8081->90/tcp'],
		[[port(53, 53, 'udp', '127.0.0.1'), port(53, 53)], '0.0.0.0:53->53/tcp, 127.0.0.1:53->53/udp'],
	])('%j', (mappings, text) => {
		expect(portsText(mappings)).toBe(text);
	});

	test('from the file first, then from the label, and from nothing that is broken', () => {
		const label = {'nerdctl/ports': JSON.stringify([port(1, 1)])};
		expect(portMappings(JSON.stringify({portMappings: [port(2, 2)]}), label)).toEqual([port(2, 2)]);
		expect(portMappings('{"portMappings":null}', label)).toEqual([port(1, 1)]);
		expect(portMappings('{"portMap', label)).toEqual([port(1, 1)]);
		expect(portMappings(undefined, {'nerdctl/ports': '[{"HostPort":"x"},null,5]'})).toEqual([]);
	});
});

test.each([
	['docker.io/library/nginx:1', 'nginx', '1', 'nginx:1'],
	['docker.io/library/nginx', 'nginx', 'latest', 'nginx:latest'],
	['docker.io/a/b:2', 'a/b', '2', 'a/b:2'],
	['registry.test:5000/a/b:2', 'registry.test:5000/a/b', '2', 'registry.test:5000/a/b:2'],
	[`registry.test/a@sha256:${'0'.repeat(64)}`, 'registry.test/a', '', `registry.test/a@sha256:${'0'.repeat(64)}`],
	[`overlayfs@sha256:${'0'.repeat(64)}`, 'overlayfs', '', '<untagged>'],
	[`<none>@sha256:${'0'.repeat(64)}`, '', '', '<untagged>'],
	[`sha256:${'0'.repeat(64)}`, '', '', '<untagged>'],
	[':', '', '', '<untagged>'],
])('the image name %s', (name, repository, tag, column) => {
	expect(repoTag(name)).toMatchObject({repository, tag});
	expect(imageColumn(name)).toBe(column);
});

test('labels that hold JSON', () => {
	expect(stringsLabel({a: '["x",1,"y"]'}, 'a')).toEqual(['x', 'y']);
	expect(stringsLabel({a: 'null'}, 'a')).toEqual([]);
	expect(
		mountsLabel({'nerdctl/mounts.0': '{"Type":"bind","RW":true}', 'nerdctl/mounts.1': '{"Name":"v"}', 'nerdctl/mounts.3': '{}'}),
	).toMatchObject([{Type: 'bind', RW: true}, {Name: 'v'}]);
	expect(mountsLabel({'nerdctl/mounts': '[{"Type":"volume"}]', 'nerdctl/mounts.0': '{}'})).toMatchObject([{Type: 'volume', RW: false}]);
	expect(mountsLabel({})).toBeUndefined();
});

test('interfaces of what nobody wrote whole', () => {
	expect(interfacesFromHostsMeta(undefined)).toEqual([]);
	expect(interfacesFromHostsMeta('{"Networks":')).toEqual([]);
	expect(interfacesFromHostsMeta('{"Networks":null}')).toEqual([]);
});

test.each([
	[['/bin/sh', '-c', 'echo hello world'], '"/bin/sh -c echo hel…"'],
	[['exactly', 'twenty', 'char'], '"exactly twenty char"'],
	[['a\n"b"\u001b'], String.raw`"a\n\"b\"\x1b"`],
	[[], '""'],
	[undefined, ''],
])('the command %j', (args, text) => {
	expect(commandText(args, true)).toBe(text);
});

test.each([
	[0, '0B', '0.0 B'],
	[999, '999B', '999.0 B'],
	[1234, '1.23kB', '1.2 KiB'],
	[45_000_000, '45MB', '42.9 MiB'],
])('%d bytes', (count, decimal, progress) => {
	expect(threeDigitBytes(count)).toBe(decimal);
	expect(progressBytes(count)).toBe(progress);
});

describe('values as Go prints them', () => {
	test('a struct keeps its order, a map is sorted, nil is null', () => {
		const value = goStruct(
			't',
			{B: 1, A: {z: 1, a: 2}, Nil: nilSlice, Map: nilMap, None: sliceOf([]), Zero: ''},
			{omitEmpty: ['Zero'], names: {Bee: 'B'}},
		);
		expect(goJson(value)).toBe('{"B":1,"A":{"a":2,"z":1},"Nil":null,"Map":null,"None":null}');
		expect(goPrint(value)).toBe('{1 map[a:2 z:1] [] map[] [] }');
		expect(goJson([{}, []], '  ')).toBe('[\n  {},\n  []\n]');
	});

	test.each([
		[Date.UTC(2024, 0, 1), '2024-01-01T00:00:00Z'],
		[Date.UTC(2024, 0, 1, 0, 0, 0, 120), '2024-01-01T00:00:00.12Z'],
	])('%d', (at, text) => {
		expect(rfc3339Nano(at)).toBe(text);
	});

	test('a time keeps its nanoseconds, in JSON and in print', () => {
		const at = goTime(Date.UTC(2024, 0, 1, 0, 0, 0, 120), 4500);
		expect(goJson(at)).toBe('"2024-01-01T00:00:00.1200045Z"');
		expect(goPrint(at)).toBe('2024-01-01 00:00:00.1200045 +0000 UTC');
	});

	test('quotes', () => {
		expect(goQuote('ä\t\u0007\u0000\u200b😀\u{e0001}')).toBe(String.raw`"ä\t\a\x00\u200b😀\U000e0001"`);
	});
});

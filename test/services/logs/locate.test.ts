import {mkdirSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {describe, expect, test} from 'vitest';
import type {Container, ContainerRecord} from '../../../source/model/container.ts';
import {createLogFolder} from './log-files.ts';

const id = 'a'.repeat(64);

const container = (change: Partial<Container> = {}): Container => ({
	namespace: 'default',
	id,
	image: '',
	labels: {},
	runtime: '',
	snapshotter: '',
	snapshotKey: '',
	sandboxId: '',
	createdAt: 0,
	updatedAt: 0,
	task: undefined,
	...change,
});

const task = (stdout: string): Container['task'] => ({
	containerId: id,
	pid: 1,
	status: 'running',
	exitStatus: 0,
	exitedAt: undefined,
	stdin: '',
	stdout,
	stderr: stdout,
	terminal: false,
});

const criLabels = {
	'io.cri-containerd.kind': 'container',
	'io.kubernetes.pod.namespace': 'kube-system',
	'io.kubernetes.pod.name': 'dns',
	'io.kubernetes.pod.uid': 'u1',
	'io.kubernetes.container.name': 'dns',
};

describe('nerdctl', () => {
	test('the driver of the label, in the state directory of the label', async () => {
		const {logs} = createLogFolder();
		const labels = {'nerdctl/state-dir': '/s', 'nerdctl/log-config': '{"driver":"json-file","opts":{"max-size":"1m"}}'};
		expect(await logs.locate(container({labels}))).toEqual({kind: 'json-file', path: `/s/${id}-json.log`});
	});

	test('a log path of its own', async () => {
		const {logs} = createLogFolder();
		const labels = {'nerdctl/state-dir': '/s', 'nerdctl/log-config': '{"driver":"json-file","opts":{"log-path":"/var/log/x.log"}}'};
		expect(await logs.locate(container({labels}))).toEqual({kind: 'json-file', path: '/var/log/x.log'});
	});

	test('without the label, the log-config.json beside it', async () => {
		const {logs, directory} = createLogFolder();
		const state = join(directory, 'state', id);
		mkdirSync(state, {recursive: true});
		writeFileSync(join(state, 'log-config.json'), '{"driver":"json-file"}');
		expect(await logs.locate(container())).toEqual({kind: 'json-file', path: join(state, `${id}-json.log`)});
		writeFileSync(join(state, 'log-config.json'), '{"driver":"fluentd"}');
		expect(await logs.locate(container())).toMatchObject({kind: 'none', reason: expect.stringContaining('fluentd')});
	});

	test('without either, the file itself', async () => {
		const {logs, directory} = createLogFolder();
		const state = join(directory, 'state', id);
		mkdirSync(state, {recursive: true});
		writeFileSync(join(state, `${id}-json.log`), '');
		expect(await logs.locate(container({task: task('binary:///usr/bin/nerdctl?_NERDCTL_INTERNAL_LOGGING=x')}))).toMatchObject({kind: 'json-file'});
	});

	test.each(['journald', 'syslog', 'fluentd', 'none'])('%s says why and what would help', async driver => {
		const {logs} = createLogFolder();
		const source = await logs.locate(container({labels: {'nerdctl/log-config': JSON.stringify({driver})}}));
		expect(source).toMatchObject({kind: 'none', reason: expect.stringMatching(/^[A-Z].*[^.]$/), hint: expect.any(String)});
	});
});

describe('by the address of the output', () => {
	test.each([
		['file:///var/log/a%20b.log', {kind: 'raw', path: '/var/log/a b.log'}],
		['', {kind: 'none', reason: expect.stringContaining('without a log')}],
		['/run/containerd/fifo/1/x-stdout', {kind: 'none', reason: expect.stringContaining('FIFO')}],
		['/dev/null', {kind: 'none', reason: expect.stringContaining('thrown away')}],
		['binary:///opt/logger?secret=1', {kind: 'none', hint: 'the program is binary:///opt/logger'}],
		['ftp://x', {kind: 'none', reason: expect.stringContaining('ftp://x')}],
		['file://host/x', {kind: 'none', reason: expect.stringContaining('no file')}],
	])('%s', async (uri, expected) => {
		const {logs} = createLogFolder();
		expect(await logs.locate(container({task: task(uri)}))).toMatchObject(expected);
		if (uri !== '') expect(await logs.locate(container({labels: {'nerdctl/log-uri': uri}}))).toMatchObject(expected);
	});
});

describe('CRI', () => {
	test('the path of the metadata', async () => {
		const {logs} = createLogFolder();
		const value = Buffer.from(JSON.stringify({Version: 'v1', Metadata: {LogPath: '/var/log/pods/x/c/2.log'}}));
		const record: ContainerRecord = {
			...container({namespace: 'k8s.io', labels: criLabels}),
			spec: undefined,
			runtimeOptions: undefined,
			extensions: {'io.cri-containerd.container.metadata': {typeUrl: '', value}},
		};
		expect(await logs.locate(record)).toEqual({kind: 'cri', path: '/var/log/pods/x/c/2.log'});
	});

	test('the newest start in the default layout', async () => {
		const {logs, directory} = createLogFolder();
		const pod = join(directory, 'pods', 'kube-system_dns_u1', 'dns');
		mkdirSync(pod, {recursive: true});
		for (const name of ['0.log', '9.log', '10.log', '10.log.20260101-000000.gz']) writeFileSync(join(pod, name), '');
		expect(await logs.locate(container({labels: criLabels}))).toEqual({kind: 'cri', path: join(pod, '10.log')});
	});

	test('a sandbox and a container without a pod have none; names can not climb', async () => {
		const {logs} = createLogFolder();
		expect(await logs.locate(container({labels: {'io.cri-containerd.kind': 'sandbox'}}))).toMatchObject({kind: 'none'});
		expect(await logs.locate(container({labels: {'io.cri-containerd.kind': 'container'}}))).toMatchObject({kind: 'none'});
		expect(await logs.locate(container({labels: {...criLabels, 'io.kubernetes.container.name': '../x'}}))).toMatchObject({kind: 'none'});
	});
});

test("dockerd's own file where there is one", async () => {
	const {logs, directory} = createLogFolder();
	expect(await logs.locate(container({namespace: 'moby'}))).toMatchObject({kind: 'none', hint: expect.stringContaining('docker logs')});
	const folder = join(directory, 'docker', 'containers', id);
	mkdirSync(folder, {recursive: true});
	writeFileSync(join(folder, `${id}-json.log`), '');
	expect(await logs.locate(container({namespace: 'moby'}))).toEqual({kind: 'json-file', path: join(folder, `${id}-json.log`)});
});

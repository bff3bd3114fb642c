import {describe, expect, test} from 'vitest';
import {annotationsOf, containerLabels, healthLabel, type LabelInput} from '../../source/model/container-labels.ts';
import {image, type RequestChanges, request} from './oci/request.ts';

const input = (changes: RequestChanges = {}, rest: Partial<Omit<LabelInput, 'request'>> = {}): LabelInput => ({
	request: request(changes),
	image: image(),
	name: 'web',
	hostname: 'abcdef012345',
	stateDir: '/data/containers/default/abc',
	networks: ['bridge'],
	platform: 'linux/amd64',
	logUri: 'binary:///shim?log=%2Fdata',
	logConfig: '{"driver":"json-file","address":"/run/c.sock"}',
	extraHosts: [],
	mountPoints: [],
	anonymousVolumes: [],
	imageViews: [],
	pidContainer: undefined,
	ipc: {mode: 'private'},
	...rest,
});

describe('the labels of a new container', () => {
	test('are those that nerdctl looks for', () => {
		expect(containerLabels(input())).toEqual({
			'nerdctl/namespace': 'default',
			'nerdctl/name': 'web',
			'nerdctl/hostname': 'abcdef012345',
			'nerdctl/domainname': '',
			'nerdctl/extraHosts': '[]',
			'nerdctl/state-dir': '/data/containers/default/abc',
			'nerdctl/networks': '["bridge"]',
			'nerdctl/platform': 'linux/amd64',
			'nerdctl/log-uri': 'binary:///shim?log=%2Fdata',
			'nerdctl/log-config': '{"driver":"json-file","address":"/run/c.sock"}',
			'nerdctl/ipc': '{"mode":"private"}',
			'nerdctl/auto-remove': 'false',
			'nerdctl/host-config': '{"BlkioWeight":0,"CidFile":"","Devices":null}',
			'nerdctl/dns': '{"DNSServers":null,"DNSResolvConfOptions":null,"DNSSearchDomains":null}',
			'io.containerd.image.config.stop-signal': 'SIGTERM',
		});
	});

	test('the user wins over the image, nerdctl’s own win over both, and what speaks of images is left out', () => {
		const labels = containerLabels(
			input(
				{labels: {shared: 'user', 'nerdctl/name': 'forged'}},
				{image: image({Labels: {shared: 'image', own: 'image', 'containerd.io/distribution.source.x': 'y', 'io.cri-containerd.image': 'managed'}, StopSignal: 'SIGQUIT', User: 'www'})},
			),
		);
		expect(labels).toMatchObject({shared: 'user', own: 'image', 'nerdctl/name': 'web', 'io.containerd.image.config.stop-signal': 'SIGQUIT', 'nerdctl/user': 'www'});
		expect(Object.keys(labels).filter(key => key.includes('distribution') || key.includes('cri-containerd'))).toEqual([]);
	});

	test.each<readonly [string, RequestChanges, Partial<Omit<LabelInput, 'request'>>, Readonly<Record<string, string>>]>([
		['a restart policy', {restart: {kind: 'on-failure', retries: 3}}, {}, {'containerd.io/restart.policy': 'on-failure:3', 'containerd.io/restart.loguri': 'binary:///shim?log=%2Fdata'}],
		['ports of the image and the user', {network: {exposed: ['90', '53/udp']}}, {image: image({ExposedPorts: ['80/tcp']})}, {'nerdctl/exposed-ports': '{"80/tcp":{},"90/tcp":{},"53/udp":{}}'}],
		['addresses', {network: {ip: '10.0.0.7', macAddress: '02:42:ac:11:00:02'}}, {}, {'nerdctl/ip': '10.0.0.7', 'nerdctl/mac-address': '02:42:ac:11:00:02'}],
		['aliases', {network: {aliases: {bridge: ['db']}}}, {}, {'gantry/network-aliases': '{"bridge":["db"]}'}],
		['volumes', {}, {anonymousVolumes: ['v'], imageViews: ['i']}, {'nerdctl/anonymous-volumes': '["v"]', 'nerdctl/image-mount-snapshots': '["i"]'}],
		['devices', {resources: {devices: ['/dev/a:/dev/b:rw', '/dev/c:r'], blkioWeight: 300}}, {}, {
			'nerdctl/host-config':
				'{"BlkioWeight":300,"CidFile":"","Devices":[{"PathOnHost":"/dev/a","PathInContainer":"/dev/b","CgroupPermissions":"rw"},{"PathOnHost":"/dev/c","PathInContainer":"/dev/c","CgroupPermissions":"r"}]}',
		}],
		['what ends it', {stopSignal: 'SIGINT', stopTimeoutSeconds: 3, autoRemove: true, pidFile: '/run/p'}, {}, {
			...{'io.containerd.image.config.stop-signal': 'SIGINT', 'nerdctl/stop-timeout': '3'},
			...{'nerdctl/auto-remove': 'true', 'nerdctl/pid-file': '/run/p'},
		}],
		['a shared process namespace', {}, {pidContainer: 'other'}, {'nerdctl/pid-container': 'other'}],
	])('tell of %s', (_, changes, rest, labels) => {
		expect(containerLabels(input(changes, rest))).toMatchObject(labels);
	});

	test('those that hooks read are annotations', () => {
		const all = containerLabels(input({labels: {mine: '1'}, network: {aliases: {bridge: ['db']}}, restart: {kind: 'always'}}));
		const annotations = annotationsOf(all);
		expect(annotations).toMatchObject({'nerdctl/name': 'web', 'nerdctl/networks': '["bridge"]', 'gantry/network-aliases': '{"bridge":["db"]}'});
		expect(Object.keys(annotations).filter(key => !key.startsWith('nerdctl/') && !key.startsWith('gantry/'))).toEqual([]);
	});
});

describe('the label of health', () => {
	const dockers = image({Healthcheck: {Test: ['CMD', 'check'], Interval: 5_000_000_000, Timeout: 0, StartPeriod: 1_000_000_000, Retries: 0}});
	test.each([
		['nobody asked', undefined, image(), undefined],
		['the image asks', undefined, dockers, {Test: ['CMD', 'check'], Interval: 5e9, Timeout: 30e9, Retries: 3, StartPeriod: 1e9}],
		['the user changes a part', {retries: 9, command: 'true'}, dockers, {Test: ['CMD-SHELL', 'true'], Interval: 5e9, Timeout: 30e9, Retries: 9, StartPeriod: 1e9}],
		['a label of nerdctl’s build', {timeoutMs: 1000}, image({Labels: {'nerdctl/healthcheck': '{"Test":["CMD","x"]}'}}), {Test: ['CMD', 'x'], Interval: 30e9, Timeout: 1e9, Retries: 3}],
		['the user turns it off', 'none', dockers, {Test: ['NONE']}],
		['the image turns it off', undefined, image({Healthcheck: {Test: ['NONE'], Interval: 0, Timeout: 0, StartPeriod: 0, Retries: 0}}), {Test: ['NONE']}],
	] as const)('%s', (_, wanted, from, expected) => {
		const label = healthLabel(wanted, from);
		expect(label === undefined ? undefined : JSON.parse(label)).toEqual(expected);
	});
});

import {describe, expect, it, test} from 'vitest';
import {defaultCapabilities} from '../../../source/model/docker-spec.ts';
import {composeSpec, type OciDevice, type OciSpec, type SpecInput} from '../../../source/model/oci/index.ts';
import {host, image, input, type RequestChanges} from './request.ts';

const compose = (changes: RequestChanges = {}, rest: Partial<Omit<SpecInput, 'request'>> = {}): OciSpec => composeSpec(input(changes, rest));
const resources = (changes: RequestChanges['resources'], rest?: Partial<Omit<SpecInput, 'request'>>) => compose({resources: changes ?? {}}, rest).linux.resources;

describe('memory', () => {
	test.each<[NonNullable<RequestChanges['resources']>, unknown]>([
		[{}, undefined],
		[{memoryBytes: 64}, {limit: 64, swap: 128}],
		[{memoryBytes: 64, memorySwapBytes: 0}, {limit: 64, swap: 128}],
		[{memoryBytes: 64, memorySwapBytes: -1}, {limit: 64, swap: -1}],
		[{memoryBytes: 64, memorySwapBytes: 70, memoryReservationBytes: 32, memorySwappiness: 0, oomKillDisable: true}, {limit: 64, reservation: 32, swap: 70, swappiness: 0, disableOOMKiller: true}],
		[{memoryReservationBytes: 32}, {reservation: 32}],
	])('%j', (changes, memory) => expect(resources(changes).memory).toEqual(memory));
});

describe('processor', () => {
	test.each<[NonNullable<RequestChanges['resources']>, unknown]>([
		[{}, undefined],
		[{cpus: 1.5}, {quota: 150_000, period: 100_000}],
		[{cpus: 0.29}, {quota: 28_999, period: 100_000}],
		[{cpuQuota: 50_000}, {quota: 50_000}],
		[{cpuPeriod: 20_000}, {period: 20_000}],
		[{cpuShares: 512, cpusetCpus: '0-1', cpusetMems: '0'}, {shares: 512, cpus: '0-1', mems: '0'}],
		[{cpuRealtimePeriod: 10, cpuRealtimeRuntime: 5}, {realtimePeriod: 10, realtimeRuntime: 5}],
	])('%j', (changes, cpu) => expect(resources(changes).cpu).toEqual(cpu));
});

test('processes and files of the cgroup', () => {
	expect(resources({pids: 10, unified: {'memory.high': '1'}})).toMatchObject({pids: {limit: 10}, unified: {'memory.high': '1'}});
	expect(() => resources({unified: {'memory.high': '1'}}, {host: {...host, cgroupVersion: 1}})).toThrow('cannot use --cgroup-conf without cgroup v2');
	expect(resources({pids: -1})).not.toHaveProperty('pids');
	expect(resources({})).not.toHaveProperty('unified');
	expect(compose({resources: {rdtClass: 'gold'}}).linux.intelRdt).toEqual({closID: 'gold'});
});

test('block devices by their numbers', () => {
	const blkioDevices = (['weight', 'readBps', 'writeBps', 'readIops', 'writeIops'] as const).map((kind, at) => ({kind, path: '/dev/sda', value: 100 + at}));
	const throttle = (rate: number) => [{major: 8, minor: 0, rate}];
	expect(resources({blkioWeight: 500, blkioDevices}, {blockDevices: {'/dev/sda': {major: 8, minor: 0}}}).blockIO).toEqual({
		weight: 500,
		weightDevice: [{major: 8, minor: 0, weight: 100}],
		throttleReadBpsDevice: throttle(101),
		throttleWriteBpsDevice: throttle(102),
		throttleReadIOPSDevice: throttle(103),
		throttleWriteIOPSDevice: throttle(104),
	});
	expect(() => resources({blkioDevices})).toThrow('The numbers of block device /dev/sda are not known');
});

describe('devices', () => {
	const device = (path: string, minor: number): OciDevice => ({path, type: 'c', major: 10, minor, fileMode: 0o666, uid: 0, gid: 0});

	it('are made and allowed', () => {
		const {linux} = compose({}, {devices: [{device: device('/dev/fuse', 229), access: 'rw'}]});
		expect(linux.devices).toEqual([device('/dev/fuse', 229)]);
		expect(linux.resources.devices.at(-1)).toEqual({allow: true, type: 'c', major: 10, minor: 229, access: 'rw'});
		expect(linux.resources.devices[0]).toEqual({allow: false, access: 'rwm'});
	});

	it('are those of the machine for a privileged container, each once', () => {
		const rest = {devices: [{device: device('/dev/fuse', 1), access: 'r'}], hostDevices: [device('/dev/fuse', 229), device('/dev/kvm', 232)]};
		const all = compose({security: {privileged: true}}, rest).linux;
		expect(all.devices?.map(({path, minor}) => [path, minor])).toEqual([['/dev/fuse', 1], ['/dev/kvm', 232]]);
		expect(all.resources.devices).toEqual([{allow: true, access: 'rwm'}]);
		const without = compose({security: {privileged: true, privilegedWithoutHostDevices: true}}, rest).linux;
		expect(without.devices).toEqual([device('/dev/fuse', 1)]);
		expect(without.resources.devices).toHaveLength(11);
	});
});

describe('capabilities', () => {
	const all = host.capabilities;
	test.each<[string, NonNullable<RequestChanges['security']>, readonly string[]]>([
		['the default', {}, defaultCapabilities],
		['one more', {capAdd: ['net_admin']}, [...defaultCapabilities, 'CAP_NET_ADMIN']],
		['one that is there', {capAdd: ['CAP_CHOWN']}, defaultCapabilities],
		['one less', {capDrop: ['Kill']}, defaultCapabilities.filter(name => name !== 'CAP_KILL')],
		['all', {capAdd: ['all']}, all],
		['all but one', {capAdd: ['ALL'], capDrop: ['SYS_ADMIN']}, all.filter(name => name !== 'CAP_SYS_ADMIN')],
		['none', {capDrop: ['ALL']}, []],
		['one alone', {capDrop: ['ALL'], capAdd: ['CHOWN']}, ['CAP_CHOWN']],
		['dropped after it was added', {capAdd: ['SYS_TIME'], capDrop: ['SYS_TIME']}, defaultCapabilities],
		['privileged', {privileged: true, capDrop: ['CHOWN']}, all],
	])('%s', (_, security, expected) => {
		const {capabilities} = compose({security}).process;
		expect(capabilities).toEqual({bounding: expected, effective: expected, permitted: expected});
	});

	it.each([{capAdd: ['NET_ADMN']}, {capDrop: ['cap_x']}, {privileged: true, capDrop: ['x']}])('%j is refused: the runtime would leave it out unheard', security => {
		expect(() => compose({security})).toThrow('unknown capability');
	});
});

describe('privileged', () => {
	const spec = compose({security: {privileged: true, noNewPrivileges: true}}, {host: {...host, apparmor: 'available', apparmorProfiles: ['nerdctl-default']}});
	const options = (destination: string) => spec.mounts.find(mount => mount.destination === destination)?.options;

	it('hides nothing and filters nothing', () => {
		expect(spec.linux).not.toHaveProperty('maskedPaths');
		expect(spec.linux).not.toHaveProperty('readonlyPaths');
		expect(spec.linux).not.toHaveProperty('seccomp');
		expect(spec.process).not.toHaveProperty('apparmorProfile');
		expect(spec.process).not.toHaveProperty('noNewPrivileges');
		expect([options('/sys'), options('/sys/fs/cgroup')]).toEqual([
			['nosuid', 'noexec', 'nodev', 'rw'],
			['rw', 'nosuid', 'noexec', 'nodev'],
		]);
	});

	it('is refused for a systemd that would take the terminals', () => {
		expect(() => compose({args: ['/sbin/init'], security: {privileged: true}})).toThrow('privileged-without-host-devices');
		expect(compose({args: ['/sbin/init'], security: {privileged: true, privilegedWithoutHostDevices: true}}).process.args).toEqual(['/sbin/init']);
		expect(compose({args: ['/sbin/init'], process: {systemd: 'false'}, security: {privileged: true}}).process.args).toEqual(['/sbin/init']);
	});
});

test('a security option each', () => {
	expect(compose({security: {noNewPrivileges: true}}).process.noNewPrivileges).toBe(true);
	expect(compose({security: {readOnly: true}}).root).toEqual({path: 'rootfs', readonly: true});
	expect(compose({security: {unconfinedSystemPaths: true}}).linux).not.toHaveProperty('maskedPaths');
	expect(compose({security: {sysctls: {'net.ipv4.ip_unprivileged_port_start': '1024', 'kernel.shm_rmid_forced': '1'}}}).linux.sysctl).toEqual({
		'net.ipv4.ip_unprivileged_port_start': '1024',
		'kernel.shm_rmid_forced': '1',
	});
	expect(compose({}, {rootfsPropagation: 'rslave'}).linux.rootfsPropagation).toBe('rslave');
	expect(compose({annotations: {mine: '1'}}, {annotations: {'nerdctl/name': 'x'}, image: image()}).annotations).toEqual({mine: '1', 'nerdctl/name': 'x'});
});

describe('AppArmor', () => {
	const profile = (apparmor: string | undefined, facts: Partial<SpecInput['host']>) =>
		compose({security: apparmor === undefined ? {} : {apparmor}}, {host: {...host, ...facts}}).process.apparmorProfile;
	const loaded = {apparmor: 'available' as const, apparmorProfiles: ['nerdctl-default']};

	it('is nerdctl’s profile where the kernel has it', () => {
		expect([profile(undefined, loaded), profile(undefined, {}), profile('unconfined', loaded), profile('mine', loaded), profile('unconfined', {})]).toEqual(['nerdctl-default', undefined, undefined, 'mine', undefined]);
	});

	it('is not left out in silence', () => expect(() => profile('mine', {})).toThrow('has no AppArmor'));
});

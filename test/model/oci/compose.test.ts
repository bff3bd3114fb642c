import {describe, expect, it} from 'vitest';
import {composeSpec, encodeSpec, type OciMount, type OciSpec, type SpecInput} from '../../../source/model/oci/index.ts';
import {defaultCapabilities} from '../../../source/model/docker-spec.ts';
import {host, image, input, type RequestChanges} from './request.ts';

const bind = (destination: string, source = '/srv'): OciMount => ({destination, type: 'none', source, options: ['rbind', 'rprivate', 'rw']});
const compose = (changes: RequestChanges = {}, rest: Partial<Omit<SpecInput, 'request'>> = {}): OciSpec => composeSpec(input(changes, rest));
const destinations = (spec: OciSpec): readonly string[] => spec.mounts.map(({destination}) => destination);
const mountAt = (spec: OciSpec, destination: string): OciMount | undefined => spec.mounts.find(mount => mount.destination === destination);

describe('a container of which nothing is asked', () => {
	const {linux, process, ...spec} = compose();

	it('has the process that the image names', () => {
		expect(process).toEqual({
			user: {uid: 0, gid: 0, additionalGids: [0]},
			args: ['sh'],
			env: ['PATH=/bin', 'HOSTNAME=abcdef012345'],
			cwd: '/',
			capabilities: {bounding: defaultCapabilities, effective: defaultCapabilities, permitted: defaultCapabilities},
		});
	});

	it('has its own namespaces, cgroup and masks, and ports for everybody', () => {
		expect(linux.namespaces).toEqual([{type: 'pid'}, {type: 'ipc'}, {type: 'uts'}, {type: 'mount'}, {type: 'network'}, {type: 'cgroup'}]);
		expect(linux.cgroupsPath).toBe(`/default/${input().id}`);
		expect(linux.sysctl).toEqual({'net.ipv4.ip_unprivileged_port_start': '0'});
		expect(linux.maskedPaths).toHaveLength(11);
		expect(linux.readonlyPaths).toHaveLength(5);
		expect(linux.resources).toEqual({
			devices: [
				{allow: false, access: 'rwm'},
				...[[1, 3], [1, 8], [1, 7], [5, 0], [1, 5], [1, 9], [5, 1], [136], [5, 2]].map(([major, minor]) => ({
					allow: true,
					type: 'c',
					major,
					...(minor === undefined ? {} : {minor}),
					access: 'rwm',
				})),
			],
		});
		expect(spec).toMatchObject({ociVersion: '1.1.0', root: {path: 'rootfs'}, hostname: 'abcdef012345', annotations: {}});
	});

	it('has the mounts of containerd without /run, shallow ones first', () => {
		expect(spec.mounts.map(({destination}) => destination)).toEqual(['/proc', '/dev', '/sys', '/dev/pts', '/dev/shm', '/dev/mqueue', '/sys/fs/cgroup']);
	});
});

describe('mounts', () => {
	it('lets a mount replace the default of its place and puts deep ones after shallow ones', () => {
		const spec = compose({}, {mounts: [bind('/data/deep/er'), bind('/dev/shm/'), bind('/data')], files: [bind('/etc/hosts')]});
		expect(destinations(spec)).toEqual(['/proc', '/dev', '/sys', '/data', '/dev/pts', '/dev/mqueue', '/dev/shm/', '/sys/fs/cgroup', '/data/deep/er', '/etc/hosts']);
	});

	it('leaves nothing of the defaults below a /dev of the user', () => {
		expect(destinations(compose({}, {mounts: [bind('/dev')]}))).toEqual(['/proc', '/sys', '/dev', '/sys/fs/cgroup']);
	});

	it('prefers the user’s hosts file', () => {
		const spec = compose({}, {mounts: [bind('/etc/hosts', '/mine')], files: [bind('/etc/resolv.conf'), bind('/etc/hosts', '/ours')]});
		expect(spec.mounts.filter(({destination}) => destination === '/etc/hosts').map(({source}) => source)).toEqual(['/mine']);
		expect(mountAt(spec, '/etc/resolv.conf')).toBeDefined();
	});

	it('sizes the shared memory in KiB', () => {
		expect(mountAt(compose({process: {shmBytes: 1_000_000}}), '/dev/shm')?.options).toEqual(['nosuid', 'noexec', 'nodev', 'mode=1777', 'size=976k']);
	});

	it('takes the memory of whom it shares the IPC namespace with', () => {
		const ofHost = compose({}, {namespaces: {network: 'new', pid: 'new', ipc: 'host', uts: 'new'}});
		expect([mountAt(ofHost, '/dev/shm'), mountAt(ofHost, '/dev/mqueue')].map(mount => [mount?.type, mount?.source])).toEqual([
			['bind', '/dev/shm'],
			['bind', '/dev/mqueue'],
		]);
		expect(ofHost.linux.namespaces).not.toContainEqual({type: 'ipc'});
		const ofOther = compose({}, {sharedShm: '/state/shm', namespaces: {network: 'new', pid: 'new', ipc: {path: '/proc/7/ns/ipc'}, uts: 'new'}});
		expect(mountAt(ofOther, '/dev/shm')).toEqual({destination: '/dev/shm', type: 'bind', source: '/state/shm', options: ['rbind', 'nosuid', 'noexec', 'nodev']});
		expect(ofOther.linux.namespaces).toContainEqual({type: 'ipc', path: '/proc/7/ns/ipc'});
	});

	it('opens the cgroups when that is asked', () => {
		expect(mountAt(compose({security: {writableCgroups: true}}), '/sys/fs/cgroup')?.options).toEqual(['rw', 'nosuid', 'noexec', 'nodev']);
		expect(mountAt(compose({security: {writableCgroups: true}}), '/sys')?.options).toContain('ro');
	});

	it('gives systemd what it needs, when it is systemd', () => {
		const systemd = compose({args: ['/sbin/init']});
		expect(destinations(systemd)).toEqual(expect.arrayContaining(['/run', '/run/lock', '/tmp', '/var/lib/journal']));
		expect(mountAt(systemd, '/sys/fs/cgroup')?.options).toEqual(['rw']);
		expect(destinations(compose({args: ['/sbin/init'], process: {systemd: 'false'}}))).not.toContain('/run');
		expect(destinations(compose({process: {systemd: 'always'}}))).toContain('/run');
	});

	it('binds the init program and lets it begin', () => {
		const spec = compose({process: {init: true}}, {initPath: '/usr/bin/tini-static'});
		expect(spec.process.args).toEqual(['/sbin/tini-static', '--', 'sh']);
		expect(mountAt(spec, '/sbin/tini-static')).toEqual({destination: '/sbin/tini-static', type: 'bind', source: '/usr/bin/tini-static', options: ['bind', 'ro']});
	});
});

describe('the command', () => {
	const both = {image: image({Entrypoint: ['/entry'], Cmd: ['default']})};
	it.each<[string, RequestChanges, readonly string[]]>([
		['the image’s', {}, ['/entry', 'default']],
		['arguments replace Cmd', {args: ['a', 'b']}, ['/entry', 'a', 'b']],
		['an entrypoint drops Cmd', {entrypoint: ['/other']}, ['/other']],
		['both', {entrypoint: ['/other'], args: ['x']}, ['/other', 'x']],
		['an empty entrypoint clears it', {entrypoint: [''], args: ['x']}, ['x']],
		['no words at all clear it', {entrypoint: [], args: ['x']}, ['x']],
	])('%s', (_, changes, words) => expect(compose(changes, both).process.args).toEqual(words));

	it('is refused when there is none', () => {
		expect(() => compose({}, {image: image({Cmd: []})})).toThrow('There is no command to run');
		expect(() => compose({entrypoint: ['']}, both)).toThrow('There is no command to run');
	});

	it('is what is given when it runs in a directory', () => {
		const spec = compose({image: '', rootfs: '/srv/root', args: ['/bin/sh']}, {image: undefined});
		expect([spec.root.path, spec.process.args, spec.process.env[0]]).toEqual(['/srv/root', ['/bin/sh'], 'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin']);
	});
});

describe('the environment', () => {
	it.each<[string, RequestChanges, readonly string[], readonly string[]]>([
		['has a path', {}, ['A=1'], ['A=1', 'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', 'HOSTNAME=abcdef012345']],
		['has TERM with a terminal', {process: {terminal: true}}, ['PATH=/'], ['PATH=/', 'TERM=xterm', 'HOSTNAME=abcdef012345']],
		['lets the user win', {process: {terminal: true, env: ['TERM=dumb', 'HOSTNAME=me', 'A=2', 'A=3=4']}}, ['PATH=/', 'A=1'], ['PATH=/', 'A=3=4', 'TERM=dumb', 'HOSTNAME=me']],
		['says the name last', {process: {env: ['B=2']}}, ['HOSTNAME=image', 'PATH=/'], ['HOSTNAME=abcdef012345', 'PATH=/', 'B=2']],
		['lets the user take one away', {process: {env: ['A']}}, ['A=1', 'PATH=/'], ['PATH=/', 'HOSTNAME=abcdef012345']],
	])('%s', (_, changes, Env, expected) => expect(compose(changes, {image: image({Env})}).process.env).toEqual(expected));
});

describe('who it is', () => {
	it('always has its own group among the others', () => {
		expect(compose({}, {user: {uid: 5, gid: 60, additionalGids: [7]}}).process.user).toEqual({uid: 5, gid: 60, additionalGids: [60, 7]});
		expect(compose({process: {umask: 0o22}}, {user: {uid: 5, gid: 60, additionalGids: [7, 60]}}).process.user).toEqual({uid: 5, gid: 60, umask: 18, additionalGids: [7, 60]});
	});

	it('has the hostname that it is given, unless the name is the host’s', () => {
		expect(compose({process: {domainname: 'lan'}}, {hostname: 'box'})).toMatchObject({hostname: 'box', domainname: 'lan'});
		const spec = compose({}, {hostname: 'host', namespaces: {network: 'host', pid: 'host', ipc: 'new', uts: 'host'}});
		expect(spec).not.toHaveProperty('hostname');
		expect(spec.linux).not.toHaveProperty('sysctl');
		expect(spec.linux.namespaces.map(({type}) => type)).toEqual(['ipc', 'mount', 'cgroup']);
	});
});

describe('limits of the process', () => {
	it('are those asked, and no limit is the largest number that there is', () => {
		const spec = compose({process: {ulimits: [{name: 'nofile', soft: 1024, hard: -1}], oomScoreAdj: -10}});
		expect(spec.process.oomScoreAdj).toBe(-10);
		const text = encodeSpec(spec);
		expect(text).toContain('{"type":"RLIMIT_NOFILE","hard":18446744073709551615,"soft":1024}');
		const {process, ...rest} = JSON.parse(text) as OciSpec;
		expect({...process, rlimits: undefined}).toEqual({...spec.process, rlimits: undefined});
		expect(rest).toEqual(JSON.parse(JSON.stringify({...spec, process: undefined})));
	});

	it('are not said when none is asked', () => {
		expect(JSON.parse(encodeSpec(compose()))).not.toHaveProperty('process.rlimits');
	});
});

describe('cgroups', () => {
	it.each<[string, RequestChanges, boolean, string]>([
		['cgroupfs with a parent', {resources: {cgroupParent: '/mine/'}}, false, `/mine/${input().id}`],
		['systemd', {cgroupManager: 'systemd'}, false, `system.slice:nerdctl:${input().id}`],
		['systemd of a user', {cgroupManager: 'systemd'}, true, `user.slice:nerdctl:${input().id}`],
		['systemd with a slice', {cgroupManager: 'systemd', resources: {cgroupParent: 'my.slice'}}, false, `my.slice:nerdctl:${input().id}`],
		['none', {cgroupManager: 'none'}, true, ''],
	])('%s', (_, changes, rootless, path) => expect(compose(changes, {host: {...host, rootless}}).linux.cgroupsPath).toBe(path));

	it('refuses a parent that is no slice', () => {
		expect(() => compose({cgroupManager: 'systemd', resources: {cgroupParent: '/mine'}})).toThrow('is no slice');
		expect(() => compose({cgroupManager: 'systemd', resources: {cgroupParent: '.slice'}})).toThrow('is no slice');
	});

	it('are private on version 2 alone, unless asked', () => {
		const has = (changes: RequestChanges, cgroupVersion: 1 | 2): boolean => compose(changes, {host: {...host, cgroupVersion}}).linux.namespaces.some(({type}) => type === 'cgroup');
		expect([has({}, 1), has({}, 2), has({process: {cgroupns: 'private'}}, 1), has({process: {cgroupns: 'host'}}, 2)]).toEqual([false, true, true, false]);
	});
});

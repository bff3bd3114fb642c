import {mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterAll, beforeAll, describe, expect, it, test} from 'vitest';
import {parseFlags} from '../../../../source/commands/line/flags.ts';
import {type CreateFlags, createFlags, createRequestOf, refusedCreateFlags} from '../../../../source/commands/line/run-flags/index.ts';
import type {CreateRequest} from '../../../../source/model/create-request.ts';

let folder = '';
beforeAll(() => {
	folder = mkdtempSync(join(tmpdir(), 'gantry-flags-'));
	writeFileSync(join(folder, 'env'), '\ufeff# comment\nA=file\n\n  B=file\nHOME\nUNSET\n');
	writeFileSync(join(folder, 'labels'), 'x=file\ny\n');
	writeFileSync(join(folder, 'seccomp.json'), '{"defaultAction":"SCMP_ACT_ALLOW"}');
	writeFileSync(join(folder, 'internal'), 'nerdctl/name=x\n');
});
afterAll(() => rmSync(folder, {recursive: true, force: true}));

const surroundings = {namespace: 'default', snapshotter: 'overlayfs', cgroupManager: 'cgroupfs' as const, env: {HOME: '/root', EMPTY: ''}};

const requestOf = async (...argv: readonly string[]): Promise<CreateRequest> => {
	const {values, args} = await parseFlags(argv.map(word => word.replace('$DIR', folder)), createFlags, {interspersed: false, refused: refusedCreateFlags});
	return createRequestOf(values as CreateFlags, args, surroundings);
};

test('a word alone is an image of which nothing is asked', async () => {
	expect(await requestOf('busybox')).toEqual({
		namespace: 'default',
		snapshotter: 'overlayfs',
		image: 'busybox',
		args: [],
		pull: 'missing',
		labels: {},
		annotations: {},
		process: {terminal: false, interactive: false, groups: [], env: [], init: false, ulimits: [], systemd: 'false'},
		network: {networks: ['bridge'], ports: [], publishAll: false, exposed: [], dns: [], dnsSearch: [], dnsOptions: [], extraHosts: [], aliases: {}},
		resources: {oomKillDisable: false, blkioDevices: [], unified: {}, devices: []},
		security: {
			privileged: false,
			capAdd: [],
			capDrop: [],
			noNewPrivileges: false,
			unconfinedSystemPaths: false,
			writableCgroups: false,
			privilegedWithoutHostDevices: false,
			readOnly: false,
			sysctls: {},
		},
		mounts: [],
		volumesFrom: [],
		log: {driver: 'json-file', options: {}},
		restart: {kind: 'no'},
		autoRemove: false,
		cgroupManager: 'cgroupfs',
	});
});

const port = (HostPort: number, ContainerPort: number, Protocol = 'tcp') => ({HostPort, ContainerPort, Protocol, HostIP: '0.0.0.0'});

describe('what flags ask for', () => {
	it.each<[string, object]>([
		['busybox sh -c ls', {args: ['sh', '-c', 'ls']}],
		['busybox -- ls -l', {args: ['ls', '-l']}],
		['-it busybox', {process: {interactive: true, terminal: true}}],
		['--name web --rm busybox', {name: 'web', autoRemove: true}],
		['--pull=never -q busybox', {pull: 'never'}],
		['--platform linux/arm64 busybox', {platform: 'linux/arm64'}],
		['--entrypoint /bin/sh busybox -c x', {entrypoint: ['/bin/sh'], args: ['-c', 'x']}],
		['--entrypoint= busybox x', {entrypoint: ['']}],
		['-w /srv -u app:staff --group-add a,b --umask 027 busybox', {process: {workingDirectory: '/srv', user: 'app:staff', groups: ['a', 'b'], umask: 0o27}}],
		['-e A=1 -e B= -e HOME -e UNSET -e EMPTY busybox', {process: {env: ['A=1', 'B=', 'HOME=/root', 'UNSET', 'EMPTY=']}}],
		['--env-file $DIR/env -e A=flag busybox', {process: {env: ['A=file', 'B=file', 'HOME=/root', 'UNSET', 'A=flag']}}],
		['-e A=-5 -e "B=x y" busybox', {process: {env: ['A=-5', '"B=x']}}],
		['--label-file $DIR/labels -l x=flag -l z busybox', {labels: {x: 'flag', y: 'true', z: 'true'}}],
		['--annotation a=b --annotation c busybox', {annotations: {a: 'b', c: ''}}],
		['-h box --domainname lan busybox', {process: {hostname: 'box', domainname: 'lan'}}],
		['--init busybox', {process: {init: true}}],
		['--init-binary /usr/bin/dumb-init busybox', {process: {init: true, initBinary: '/usr/bin/dumb-init'}}],
		['--ulimit nofile=1:2,nproc=3 --ulimit nofile=4 busybox', {process: {ulimits: [{name: 'nofile', soft: 4, hard: 4}, {name: 'nproc', soft: 3, hard: 3}]}}],
		['--oom-score-adj -500 busybox', {process: {oomScoreAdj: -500}}],
		['--pid host --uts host --ipc shareable --cgroupns host busybox', {process: {pid: 'host', uts: 'host', ipc: 'shareable', cgroupns: 'host'}}],
		['--pid container:web --ipc container:web busybox', {process: {pid: 'container:web', ipc: 'container:web'}}],
		['--shm-size 1g --systemd always busybox', {process: {shmBytes: 2 ** 30, systemd: 'always'}}],
		['--net a --network b,c --net a busybox', {network: {networks: ['b', 'c', 'a']}}],
		['--net none busybox', {network: {networks: ['none']}}],
		['--net container:web busybox', {network: {networks: ['container:web']}}],
		['-p 8080:80 -p 53:53/udp,54:54 -p 8080:80 busybox', {network: {ports: [port(8080, 80), port(53, 53, 'udp'), port(54, 54)]}}],
		['-P --expose 80-81 --expose 80 busybox', {network: {publishAll: true, exposed: ['80/tcp', '81/tcp']}}],
		['--dns 1.1.1.1,::1 --dns-search a,b --dns-opt x --dns-option y busybox', {network: {dns: ['1.1.1.1', '::1'], dnsSearch: ['a', 'b'], dnsOptions: ['x', 'y']}}],
		['--add-host db:10.0.0.1 --add-host gw:host-gateway busybox', {network: {extraHosts: ['db:10.0.0.1', 'gw:host-gateway']}}],
		['--net a --net b --network-alias db --network-alias sql busybox', {network: {networks: ['a', 'b'], aliases: {a: ['db', 'sql'], b: ['db', 'sql']}}}],
		['--ip 10.4.0.9 --ip6 fd00::9 --mac-address 02:42:AC:11:00:02 busybox', {network: {ip: '10.4.0.9', ip6: 'fd00::9', macAddress: '02:42:ac:11:00:02'}}],
		['--cpus 1.5 --cpu-shares 512 --cpuset-cpus 0-1,3 --cpuset-mems 0 busybox', {resources: {cpus: 1.5, cpuShares: 512, cpusetCpus: '0-1,3', cpusetMems: '0'}}],
		['--cpu-quota 50000 --cpu-period 100000 busybox', {resources: {cpuQuota: 50_000, cpuPeriod: 100_000}}],
		['--cpu-quota -1 --cpu-period 0 --cpus 0 busybox', {resources: {oomKillDisable: false}}],
		['-m 64m --memory-reservation 32m --memory-swap 128m --memory-swappiness 10 busybox', {resources: {memoryBytes: 2 ** 26, memoryReservationBytes: 2 ** 25, memorySwapBytes: 2 ** 27, memorySwappiness: 10}}],
		['-m 64m --memory-swap -1 --memory-swappiness -1 --oom-kill-disable busybox', {resources: {memoryBytes: 2 ** 26, memorySwapBytes: -1, oomKillDisable: true}}],
		['--pids-limit 100 busybox', {resources: {pids: 100}}],
		['--cgroup-conf memory.high=1,cpu.weight=2 --cgroup-parent my.slice --rdt-class gold busybox', {resources: {unified: {'memory.high': '1', 'cpu.weight': '2'}, cgroupParent: 'my.slice', rdtClass: 'gold'}}],
		['--device /dev/fuse,/dev/kvm:rw busybox', {resources: {devices: ['/dev/fuse', '/dev/kvm:rw']}}],
		['--blkio-weight 500 --device-read-bps /dev/sda:1mb --device-write-iops /dev/sda:7 busybox', {
			resources: {blkioWeight: 500, blkioDevices: [{kind: 'readBps', path: '/dev/sda', value: 2 ** 20}, {kind: 'writeIops', path: '/dev/sda', value: 7}]},
		}],
		['--cap-add net_admin,SYS_TIME --cap-drop ALL --privileged --read-only busybox', {security: {capAdd: ['net_admin', 'SYS_TIME'], capDrop: ['ALL'], privileged: true, readOnly: true}}],
		['--security-opt seccomp=$DIR/seccomp.json --security-opt no-new-privileges busybox', {security: {seccomp: '{"defaultAction":"SCMP_ACT_ALLOW"}', noNewPrivileges: true}}],
		['--sysctl net.core.somaxconn=1,2 busybox', {security: {sysctls: {'net.core.somaxconn': '1,2'}}}],
		['-v /a:/b --tmpfs /t:size=1m,exec --mount type=volume,src=data,dst=/c busybox', {
			mounts: [
				{type: 'bind', source: '/a', target: '/b', readOnly: false, makeSource: true, options: []},
				{type: 'tmpfs', source: '', target: '/t', readOnly: false, makeSource: false, options: ['size=1m', 'exec']},
				{type: 'volume', source: 'data', target: '/c', readOnly: false, makeSource: false, options: []},
			],
		}],
		['--volumes-from a:ro --volumes-from b busybox', {volumesFrom: ['a:ro', 'b']}],
		['--log-driver json-file --log-opt max-size=1m busybox', {log: {driver: 'json-file', options: {'max-size': '1m'}}}],
		['--restart on-failure:3 --stop-signal HUP --stop-timeout 3 busybox', {restart: {kind: 'on-failure', retries: 3}, stopSignal: 'HUP', stopTimeoutSeconds: 3}],
		['--health-cmd true --health-interval 5s --health-timeout 1m --health-retries 2 --health-start-period 0s busybox', {health: {command: 'true', intervalMs: 5000, timeoutMs: 60_000, retries: 2}}],
		['--no-healthcheck busybox', {health: 'none'}],
		['--runtime crun busybox', {runtime: 'crun'}],
		['--cidfile /x/cid --pidfile /x/pid busybox', {cidFile: '/x/cid', pidFile: '/x/pid'}],
		['--rootfs /srv/root sh', {image: '', rootfs: '/srv/root', args: ['sh']}],
		['--isolation default --verify none --userns host busybox', {image: 'busybox'}],
	])('%s', async (line, expected) => expect(await requestOf(...line.split(' '))).toMatchObject(expected));

	it('names a usual runtime by saying nothing', async () => {
		expect(await requestOf('--runtime', 'io.containerd.runc.v2', 'busybox')).not.toHaveProperty('runtime');
	});
});

describe('what is refused', () => {
	it.each<[string, string]>([
		['', 'an image is required'],
		['--net ns: busybox', '--network=ns: names no namespace'],
		['--net host --ip 10.4.0.9 busybox', '--ip cannot be used with --network=host'],
		['--net none --ip6 fd00::9 --mac-address 02:42:ac:11:00:02 busybox', '--ip6 and --mac-address cannot be used with --network=none'],
		['--net container:web --ip 10.4.0.9 busybox', '--ip cannot be used with --network=container:web'],
		['--link db busybox', 'flag --link is not supported: put both on a network'],
		['--device-cgroup-rule c busybox', 'flag --device-cgroup-rule is not supported'],
		['--rootfs', 'a directory to run in is required'],
		['--gpus all busybox', 'flag --gpus is not supported: device injection (CDI)'],
		['--kernel-memory 1m busybox', 'flag --kernel-memory is not supported'],
		['--ipfs-address x busybox', 'flag --ipfs-address is not supported'],
		['--cosign-key x busybox', 'flag --cosign-key is not supported'],
		['--verify cosign busybox', 'flag --verify is not supported'],
		['--isolation hyperv busybox', 'flag --isolation is not supported'],
		['--userns private busybox', 'flag --userns is not supported'],
		['--colour red busybox', 'unknown flag: --colour'],
		['--pull sometimes busybox', '--pull is "sometimes"'],
		['--systemd maybe busybox', '--systemd is "maybe"'],
		['--uts other busybox', '--uts is "other"'],
		['--cgroupns own busybox', '--cgroupns is "own"'],
		['--pid other busybox', 'invalid pid namespace'],
		['--ipc container: busybox', 'invalid ipc namespace'],
		['--umask 999 busybox', 'invalid Umask Value:999'],
		['--oom-score-adj 1001 busybox', 'invalid value 1001 for --oom-score-adj'],
		['--oom-score-adj x busybox', 'a whole number is needed'],
		['--platform not/a/platform/x busybox', 'is not a platform'],
		['--stop-signal NOPE busybox', 'Invalid signal: NOPE'],
		['--rm --restart always busybox', 'conflicting options: cannot specify both --restart and --rm'],
		['--net host --net a busybox', 'can not be combined'],
		['--net container:x -p 80 busybox', 'conflicting options'],
		['--net container:x -h box busybox', 'conflicting options'],
		['--uts host -h box busybox', 'conflicting options: cannot set --hostname'],
		['--dns nowhere busybox', '--dns is "nowhere"'],
		['--ip fd00::1 busybox', 'no IPv4 address'],
		['--ip6 10.0.0.1 busybox', 'no IPv6 address'],
		['-p web:80 busybox', 'invalid hostPort'],
		['-m 5m busybox', 'Minimum memory limit allowed is 6MB'],
		['-m much busybox', '--memory is "much"'],
		['-m 64m --memory-swap 32m busybox', 'minimum memoryswap limit'],
		['--memory-swap 32m busybox', 'always set the Memory limit'],
		['-m 64m --memory-reservation 65m busybox', 'can not be less than memory reservation'],
		['--memory-swappiness 101 busybox', 'valid memory swappiness range is 0-100'],
		['--cpus two busybox', 'no number of CPUs'],
		['--cpus 0.001 busybox', 'the least that --cpus can be'],
		['--cpus 1 --cpu-quota 1000 busybox', 'should be used separately'],
		['--cpus 1 --cpu-period 1000 busybox', 'should be used separately'],
		['--cpuset-cpus 1-x busybox', '--cpuset-cpus is "1-x"'],
		['--cpu-rt-runtime 2 --cpu-rt-period 1 busybox', 'cannot be higher'],
		['--cpu-shares -1 busybox', 'must not be negative'],
		['--blkio-weight 5 busybox', 'range of blkio weight'],
		['--cgroup-conf memory.high busybox', '--cgroup-conf is "memory.high"'],
		['--sysctl kernel.x busybox', '--sysctl is "kernel.x"'],
		['--device fuse busybox', 'not an absolute path'],
		['-l nerdctl/name=x busybox', 'internal label "nerdctl/name" must not be specified manually'],
		['--label-file $DIR/internal busybox', 'internal label'],
		['--annotation nerdctl/name=x busybox', 'internal annotation'],
		['--label-file $DIR/nothing busybox', 'Could not read the variables in'],
		['--env-file $DIR/nothing busybox', 'Could not read the variables in'],
		['--security-opt seccomp=$DIR/nothing busybox', 'Could not read the seccomp profile'],
		['-e =x busybox', 'invalid environment variable'],
		['--no-healthcheck --health-cmd x busybox', '--no-healthcheck conflicts'],
		['--health-interval 5 busybox', 'no span of time'],
		['--health-retries -1 busybox', '--health-retries cannot be negative'],
	])('%s', async (line, message) => {
		await expect(requestOf(...line.split(' ').filter(word => word !== ''))).rejects.toThrow(message);
	});

	it('a label that containerd would not keep', async () => {
		await expect(requestOf('-l', `x=${'y'.repeat(4096)}`, 'busybox')).rejects.toThrow("longer than containerd's 4096 bytes");
	});
});

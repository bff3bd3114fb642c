import {existsSync} from 'node:fs';
import {afterAll, beforeAll, describe, expect, test, vi} from 'vitest';
import {titled} from '../../scripts/lab/possible.ts';
import {type ComposeLab, createComposeLab, whyNoProjects} from './compose-lab.ts';

const reason = whyNoProjects();

let machine: ComposeLab;
let folder: string;

const staying = `[sh, -c, "trap 'exit 0' TERM; while :; do sleep 0.1; done"]`;

const text = (name: string): string => `
name: ${name}
services:
  bound:
    image: lab/compose:1
    command: ${staying}
    user: "65534:65534"
    group_add: ["4242"]
    working_dir: /var
    environment: {PLAIN: "a b", EMPTY: ""}
    hostname: chosen
    domainname: example.test
    read_only: true
    init: false
    cap_drop: [ALL]
    cap_add: [NET_RAW]
    security_opt: ["no-new-privileges:true"]
    ulimits: {nofile: {soft: 512, hard: 1024}, core: 0}
    sysctls: {net.core.somaxconn: 77, net.ipv4.ip_unprivileged_port_start: "80"}
    devices: ["/dev/null:/dev/mine:r"]
    tmpfs: ["/scratch:size=1m,mode=1777"]
    shm_size: 2m
    oom_score_adj: 123
    dns: [10.9.9.9, 10.9.9.8]
    dns_search: [lab.example.test]
    dns_opt: ["ndots:3"]
    extra_hosts: ["elsewhere:10.1.2.3", "six:fd00::5"]
    networks:
      front: {ipv4_address: 10.241.7.77, aliases: [alias-of-bound]}
      back: {ipv4_address: 10.241.8.88, priority: 5}
  limited:
    image: lab/compose:1
    command: ${staying}
    networks: [front]
    pids_limit: 50
    deploy: {resources: {limits: {cpus: "0.5", memory: 64m}, reservations: {memory: 32m}}}
  joined:
    image: lab/compose:1
    command: ${staying}
    network_mode: service:limited
    pid: service:limited
    ipc: service:shared
  shared:
    image: lab/compose:1
    command: ${staying}
    network_mode: none
    ipc: shareable
    entrypoint: []
  deaf:
    image: lab/compose:1
    command: [sh, -c, "trap '' TERM; while :; do sleep 0.1; done"]
    network_mode: none
    stop_grace_period: 1s
  heedful:
    image: lab/compose:1
    command: [sh, -c, "trap 'exit 7' USR1; while :; do sleep 0.1; done"]
    network_mode: none
    stop_signal: SIGUSR1
  coming:
    image: lab/compose:1
    command: [sh, -c, "trap 'exit 0' TERM; n=$$(cat /kept/n 2>/dev/null || echo 0); echo $$((n + 1)) > /kept/n; test $$n -lt 1 && exit 1; while :; do sleep 0.1; done"]
    network_mode: none
    volumes: ["kept:/kept"]
    restart: always
  words:
    image: lab/compose:1
    entrypoint: sh -c 'echo "$$0|$$1"'
    command: "'one word' two"
    network_mode: none
networks:
  front: {ipam: {config: [{subnet: 10.241.7.0/24}]}}
  back: {internal: true, ipam: {config: [{subnet: 10.241.8.0/24}]}}
volumes: {kept: }
`;

const inside = (service: string, script: string): string => {
	const {code, out, err} = machine.gantry(folder, 'compose', 'exec', '-T', service, 'sh', '-c', script);
	return code === 0 ? out : `ended with ${code}: ${err}`;
};

const statusOf = (service: string): string => machine.gantry(folder, 'compose', 'ps', '-a', '--format', '{{.Status}}', service).out;

vi.setConfig({testTimeout: 60_000});

describe.skipIf(reason !== undefined)(titled("a service's keys in real containers", reason), () => {
	beforeAll(async () => {
		machine = await createComposeLab({restartInterval: '1s'});
		folder = machine.project('keys', {'compose.yaml': text(machine.name)});
		const {code, err} = machine.gantry(folder, 'compose', 'up', '-d');
		expect(code, err).toBe(0);
	});

	afterAll(async () => {
		if (machine === undefined) return;
		machine.gantry(folder, 'compose', 'down', '-v', '-t', '1');
		const left = machine.leftovers();
		await machine.stop();
		expect(Object.entries(left).filter(([, all]) => all.length > 0)).toEqual([]);
	});

	test.each([
		['user and group_add', 'id -u; id -g; id -G', '65534\n65534\n65534 4242'],
		['working_dir', 'pwd', '/var'],
		['environment', 'echo "$PLAIN|${EMPTY-unset}"', 'a b|'],
		['hostname and domainname', 'hostname; cat /proc/sys/kernel/domainname', 'chosen\nexample.test'],
		['read_only', 'touch /no 2>&1 || true', 'touch: /no: Read-only file system'],
		['cap_drop and cap_add', 'grep -i capbnd /proc/1/status', 'CapBnd:\t0000000000002000'],
		['security_opt', 'grep NoNewPrivs /proc/1/status', 'NoNewPrivs:\t1'],
		['ulimits', "grep -E 'open files|core file' /proc/1/limits | tr -s ' '", 'Max core file size 0 0 bytes \nMax open files 512 1024 files'],
		['sysctls', 'cat /proc/sys/net/core/somaxconn /proc/sys/net/ipv4/ip_unprivileged_port_start', '77\n80'],
		['devices', 'test -c /dev/mine && cat /dev/mine && echo read', 'read'],
		['tmpfs', "grep ' /scratch ' /proc/mounts | grep -o 'size=[0-9]*k'; touch /scratch/mine && echo made", 'size=1024k\nmade'],
		['shm_size', "grep ' /dev/shm ' /proc/mounts | grep -o 'size=[0-9]*k'", 'size=2048k'],
		['oom_score_adj', 'cat /proc/1/oom_score_adj', '123'],
		['dns, dns_search and dns_opt', 'cat /etc/resolv.conf', 'search lab.example.test\nnameserver 10.9.9.9\nnameserver 10.9.9.8\noptions ndots:3'],
		['extra_hosts', "grep -E 'elsewhere|six' /etc/hosts | tr -s ' \\t' ' '", '10.1.2.3 elsewhere\nfd00::5 six'],
		['static addresses, the network of higher priority first', "ip -o -4 address show | grep -o 'eth[0-9]* *inet [0-9./]*' | tr -s ' '", 'eth0 inet 10.241.8.88/24\neth1 inet 10.241.7.77/24'],
	])('%s', (_, script, said) => {
		expect(inside('bound', script)).toBe(said);
	});

	test('aliases: others find it by them, on the network where it has them', () => {
		expect(inside('limited', "grep -w alias-of-bound /etc/hosts | grep -o '^[0-9.]*'")).toBe('10.241.7.77');
		expect(inside('joined', 'ping -c1 -W2 alias-of-bound')).toContain('1 packets received');
	});

	test('deploy.resources and pids_limit are those of the cgroup', () => {
		const isV2 = existsSync('/sys/fs/cgroup/cgroup.controllers');
		const files = isV2 ? 'memory.max memory.low pids.max cpu.max' : 'memory/memory.limit_in_bytes memory/memory.soft_limit_in_bytes pids/pids.max cpu/cpu.cfs_quota_us cpu/cpu.cfs_period_us';
		expect(inside('limited', `cd /sys/fs/cgroup && cat ${files}`).split(/\s+/)).toEqual([64 * 2 ** 20, 32 * 2 ** 20, 50, 50_000, 100_000].map(String));
	});

	test('network_mode, pid and ipc of another service: the same namespaces, and no other', () => {
		const of = (service: string, kind: string): string => inside(service, `readlink /proc/self/ns/${kind}`);
		for (const kind of ['net', 'pid']) expect(of('joined', kind)).toBe(of('limited', kind));
		expect(of('joined', 'ipc')).toBe(of('shared', 'ipc'));
		expect(of('joined', 'ipc')).not.toBe(of('limited', 'ipc'));
		expect(of('joined', 'mnt')).not.toBe(of('limited', 'mnt'));
	});

	test('restart: one that fails comes back, and is left alone when it stays', async () => {
		await expect.poll(() => inside('coming', 'cat /kept/n'), {timeout: 30_000}).toBe('2');
		expect(statusOf('coming')).toMatch(/^Up/);
	});

	test('entrypoint and command as text are parted into words', () => {
		expect(machine.gantry(folder, 'logs', `${machine.name}-words-1`).out).toBe('one word|two');
	});

	test('stop_signal and stop_grace_period: what is told to end, and what is killed when it does not', () => {
		const startedAt = performance.now();
		expect(machine.gantry(folder, 'compose', 'stop', 'deaf', 'heedful')).toMatchObject({code: 0});
		expect(performance.now() - startedAt).toBeGreaterThan(1000);
		expect([statusOf('deaf'), statusOf('heedful')]).toEqual([expect.stringMatching(/^Exited \(137\)/), expect.stringMatching(/^Exited \(7\)/)]);
	});
});

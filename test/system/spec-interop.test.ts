import {execFile} from 'node:child_process';
import {existsSync, readdirSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {promisify} from 'node:util';
import {afterAll, beforeAll, describe, expect, it} from 'vitest';
import {busyboxImage} from '../../scripts/lab/busybox.ts';
import {type LabContainerd, startContainerd} from '../../scripts/lab/containerd.ts';
import {importImage} from '../../scripts/lab/import.ts';
import {titled, whyNoContainers} from '../../scripts/lab/possible.ts';
import {createContainerd} from '../../source/clients/containerd/index.ts';
import type {Containerd} from '../../source/clients/containerd/types.ts';
import {specParts} from '../../source/clients/host/index.ts';
import {findProgram} from '../../source/clients/host/find-program.ts';
import {parseFlags} from '../../source/commands/line/flags.ts';
import {type CreateFlags, createFlags, createRequestOf} from '../../source/commands/line/run-flags/index.ts';
import {composeSpec, encodeSpec, imageConfigOf, type NamespaceUse} from '../../source/model/oci/index.ts';
import {formatPlatform, machinePlatform} from '../../source/model/platform.ts';
import {machineParts} from '../../source/services/containers/create/machine-parts.ts';
import {findUser} from '../../source/services/containers/find-user.ts';
import {createLayers} from '../../source/services/layers/index.ts';

const nerdctl = await findProgram('nerdctl');
const reason = whyNoContainers() ?? (nerdctl === undefined ? 'there is no nerdctl on the PATH' : undefined);

const namespace = 'spec-interop';
const file = (path: string, content: string) => ({kind: 'file' as const, path, content});
const users = {
	createdBy: 'users',
	entries: [
		{kind: 'folder' as const, path: 'etc'},
		file('etc/passwd', 'root:x:0:0:root:/root:/bin/sh\napp:x:1000:1001::/home:/bin/sh\n'),
		file('etc/group', 'root:x:0:root\nstaff:x:50:root,app\nwheel:x:10:app\napp:x:1001:app\n'),
	],
};
const imageOf = (name: string, settings: Parameters<typeof busyboxImage>[1] = {}) => busyboxImage(`docker.io/library/${name}:1`, {...settings, extraLayers: [users]});
const images = {
	plain: imageOf('plain', {settings: {environment: ['PATH=/bin', 'A=1'], command: ['sh'], workingDir: '/srv'}}),
	entry: imageOf('entry', {settings: {environment: ['A=1'], entrypoint: ['/bin/echo'], command: ['hi']}}),
	user: imageOf('user', {settings: {user: 'app:staff'}}),
	number: imageOf('number', {settings: {user: '1000'}}),
};
type ImageName = keyof typeof images;

/** Any disk, whose speed nobody limits here: nothing is started. */
const blockDevice = existsSync('/sys/block') ? readdirSync('/sys/block').map(name => `/dev/${name}`).find(path => existsSync(path)) : undefined;
const hasOneHierarchy = existsSync('/sys/fs/cgroup/cgroup.controllers');

/**
Left out are flags that the two mean differently. With `--uts host` nerdctl sets a hostname all the same, and runc refuses it; `--domainname`
is not in its spec; weights of disks it drops where this kernel has none; of a variable that was given twice it keeps both.
*/
const lines = `
plain:1
plain:1 ls -l
entry:1
entry:1 a b
user:1
number:1
-u root user:1
-e B=2 -e A=3 -e TERM=x plain:1
-t plain:1
-t -e TERM=x plain:1
-w /tmp plain:1
--entrypoint /bin/ls plain:1
--entrypoint /bin/ls entry:1 x
-u app plain:1
-u 0 plain:1
-u 1000 plain:1
-u 7 plain:1
-u 7:8 plain:1
-u app:wheel plain:1
-u app:7 --group-add wheel,99 plain:1
-u 1000: plain:1
--umask 027 plain:1
-h box plain:1
--pid host plain:1
--ipc host plain:1
--ipc private --shm-size 10m plain:1
--shm-size 1000000 plain:1
--cgroupns host plain:1
--cgroupns private plain:1
--privileged plain:1
--privileged --security-opt privileged-without-host-devices plain:1
--cap-add net_admin --cap-drop CHOWN plain:1
--cap-drop ALL --cap-add kill plain:1
--cap-add ALL plain:1
--cap-add ALL --cap-drop SYS_ADMIN plain:1
--security-opt no-new-privileges plain:1
--security-opt seccomp=unconfined plain:1
--security-opt systempaths=unconfined plain:1
--security-opt writable-cgroups=true plain:1
--read-only plain:1
--sysctl net.core.somaxconn=99 plain:1
--sysctl net.ipv4.ip_unprivileged_port_start=99 plain:1
--ulimit nofile=5:6 --ulimit core=-1 plain:1
--oom-score-adj 100 plain:1
--oom-score-adj 0 plain:1
--cpus 1.5 plain:1
--cpus 0.29 plain:1
--cpu-quota 5000 --cpu-period 10000 plain:1
--cpu-shares 7 --cpuset-cpus 0 --cpuset-mems 0 plain:1
-m 64m plain:1
-m 64m --memory-swap -1 plain:1
-m 64m --memory-swap 100m --memory-reservation 32m --memory-swappiness 5 --oom-kill-disable plain:1
--memory-reservation 32m plain:1
--pids-limit 10 plain:1
--cgroup-parent /mine plain:1
--device /dev/null:/dev/x:r plain:1
--device /dev/zero plain:1
--init-binary /bin/sh plain:1
--systemd always plain:1
--systemd true --entrypoint /sbin/init plain:1
--rdt-class gold plain:1
--net host plain:1
--hostname box plain:1
--user app --workdir /tmp --env B=2 --tty --interactive plain:1
--env-file ENVIRONMENT -e C=3 plain:1
--memory 64m plain:1
--cpu-rt-period 1000 plain:1
--cpu-rt-runtime 500 plain:1
--device-read-bps BLOCK:1mb --device-write-bps BLOCK:2mb plain:1
--device-read-iops BLOCK:10 --device-write-iops BLOCK:20 plain:1
--cgroup-conf memory.high=1000000 plain:1
--stop-signal INT --stop-timeout 3 plain:1
--label a=b --annotation c=d --name named plain:1
--restart always plain:1
--health-cmd true --health-interval 1h plain:1
--no-healthcheck plain:1
--dns 1.1.1.1 --dns-search s.x --dns-option ndots:2 --add-host a:1.2.3.4 plain:1
--log-driver json-file --log-opt max-size=1m plain:1
--runtime io.containerd.runc.v2 --platform PLATFORM --pull never --quiet plain:1
--isolation default plain:1
--userns host plain:1
`
	.trim()
	.split('\n')
	.filter(line => (blockDevice !== undefined || !line.includes('BLOCK')) && (hasOneHierarchy || !line.includes('--cgroup-conf')));

type Json = Record<string, unknown>;

/** Without what says nothing: lists and objects that are empty, switches that are off, a realtime budget of 0. */
const essential = (value: unknown): unknown => {
	if (Array.isArray(value)) return value.map(essential);
	if (typeof value !== 'object' || value === null) return value;
	const fields = Object.entries(value as Json)
		.filter(([key, item]) => !(item === false && key === 'noNewPrivileges') && !(item === 0 && /^realtime/.test(key)))
		.map(([key, item]) => [key, key === 'names' ? (item as string[]).toSorted() : essential(item)] as const)
		.filter(([, item]) => typeof item !== 'object' || item === null || Object.keys(item).length > 0);
	return Object.fromEntries(fields);
};

/** 2⁶⁴−1 is more than a number of JavaScript's can say. */
const read = (json: string): Json => JSON.parse(json.replaceAll('18446744073709551615', '-1')) as Json;

const fileTargets = new Set(['/etc/resolv.conf', '/etc/hosts', '/etc/hostname']);

describe.skipIf(reason !== undefined)(titled('a spec of ours beside nerdctl’s for the same flags', reason), () => {
	let lab: LabContainerd;
	let containerd: Containerd;

	beforeAll(async () => {
		lab = await startContainerd();
		containerd = createContainerd({address: lab.address});
		writeFileSync(join(lab.dir, 'environment'), '# a comment\nA=file\nB=file\nHOME\nEMPTY=\n');
		for (const image of Object.values(images)) await importImage(containerd, namespace, image);
	}, 60_000);
	afterAll(async () => {
		containerd?.close();
		await lab?.stop();
	});

	const theirs = async (argv: readonly string[]): Promise<{readonly id: string; readonly spec: Json}> => {
		const places = ['--address', lab.address, '--data-root', lab.dataRoot, '--cni-netconfpath', join(lab.dir, 'cni'), '--cgroup-manager', 'cgroupfs', '--namespace', namespace];
		const {stdout} = await promisify(execFile)(nerdctl ?? '', [...places, 'create', ...argv]);
		const id = stdout.trim();
		const {spec} = await containerd.containers.get({namespace, id});
		return {id, spec: read(Buffer.from(spec?.value ?? []).toString())};
	};

	const ours = async (argv: readonly string[], id: string, their: Json): Promise<Json> => {
		const {values, args} = await parseFlags(argv, createFlags, {interspersed: false});
		const request = await createRequestOf(values as CreateFlags, args, {namespace, snapshotter: 'overlayfs', cgroupManager: 'cgroupfs', env: process.env});
		const config = imageConfigOf(JSON.parse(images[request.image.split(':')[0] as ImageName].config.bytes.toString()));
		const mounts = await containerd.snapshots.mounts(namespace, 'overlayfs', id);
		const wish = {imageUser: config.User, groups: request.process.groups, ...(request.process.user === undefined ? {} : {user: request.process.user})};
		const user = await findUser({specParts, layers: createLayers({containerd})}, wish, {namespace, mounts, layers: async () => []});
		const use = (isHost: boolean): NamespaceUse => (isHost ? 'host' : 'new');
		const spec = composeSpec({
			...{request, id, image: config, user, mounts: [], hooks: {}, annotations: {}, hostname: String(their['hostname'])},
			files: (their['mounts'] as Array<{readonly destination: string; readonly type: string; readonly source: string}>).filter(({destination}) => fileTargets.has(destination)),
			namespaces: {network: use(request.network.networks.includes('host')), pid: use(request.process.pid === 'host'), ipc: use(request.process.ipc === 'host'), uts: 'new'},
			...(await machineParts(specParts, request)),
		});
		return read(encodeSpec(spec));
	};

	it.each(lines)('%s', {timeout: 30_000}, async line => {
		const meant = line.replaceAll('BLOCK', blockDevice ?? '').replace('ENVIRONMENT', join(lab.dir, 'environment')).replace('PLATFORM', formatPlatform(machinePlatform(process.arch)));
		const argv = [...(line.includes('--net') ? [] : ['--net', 'none']), ...meant.split(' ')];
		const {id, spec: their} = await theirs(argv);
		const without = {ociVersion: '', hooks: {}, annotations: {}};
		expect(essential({...(await ours(argv, id, their)), ...without})).toEqual(essential({...their, ...without}));
	});
});

import {spawn, spawnSync} from 'node:child_process';
import {randomBytes} from 'node:crypto';
import {existsSync, readdirSync, readFileSync, utimesSync} from 'node:fs';
import {join} from 'node:path';
import {text} from 'node:stream/consumers';
import {fileURLToPath} from 'node:url';
import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import {busyboxImage} from '../../scripts/lab/busybox.ts';
import {type LabContainerd, startContainerd} from '../../scripts/lab/containerd.ts';
import {type ContainerdVersion, containerdVersions, findContainerd} from '../../scripts/lab/find-containerd.ts';
import {importImage} from '../../scripts/lab/import.ts';
import {processesUnder, until} from '../../scripts/lab/processes.ts';
import {forgetNamespace, type LabServices, labServices} from '../../scripts/lab/services.ts';
import {createContainerd} from '../../source/clients/containerd/index.ts';
import type {Containerd} from '../../source/clients/containerd/types.ts';
import type {ContainerRef} from '../../source/model/container.ts';
import type {AttachedContainer} from '../../source/services/containers/index.ts';
import {type RequestChanges, request} from '../model/oci/request.ts';

const program = fileURLToPath(new URL('../../dist/gantry.mjs', import.meta.url));
const isPossible = (version: ContainerdVersion): boolean => process.geteuid?.() === 0 && findContainerd(version) !== undefined && existsSync(program);
const image = busyboxImage('docker.io/lab/front:1');

let lab: LabContainerd;
let containerd: Containerd;
let services: LabServices;
let namespace = '';
let before: readonly number[] = [];

const wanted = ({process: own, ...changes}: RequestChanges) =>
	request({...{namespace, image: image.name, pull: 'never'}, ...changes, process: {...own}, network: {networks: ['none']}, resources: {cgroupParent: lab.cgroup}});

const front = async (changes: RequestChanges): Promise<AttachedContainer> => (await services.containers.run(wanted(changes), {detached: false})).attached!;

const shell = (script: string): Pick<RequestChanges, 'args'> => ({args: ['sh', '-c', script]});

const logOf = (ref: ContainerRef): string => {
	const file = join(services.host.stateDir(ref), `${ref.id}-json.log`);
	if (!existsSync(file)) return '';
	// It may be read while a line is written: what comes after the last line break is none yet.
	const lines = readFileSync(file, 'utf8').split('\n').slice(0, -1);
	return lines.map(line => (JSON.parse(line) as {log: string}).log).join('');
};

const isGone = async (ref: ContainerRef): Promise<boolean> => {
	const store = services.host.dataStore();
	const folders = ['names', 'containers', 'etchosts'].map(name => join(store, name, namespace));
	const known = folders.flatMap(folder => (existsSync(folder) ? readdirSync(folder) : []));
	for await (const batch of containerd.containers.list(namespace)) if (batch.some(({id}) => id === ref.id)) return false;
	return !known.includes(ref.id);
};

/** The log driver is told the container by its environment. */
const driversOf = ({id}: ContainerRef): readonly number[] =>
	processesUnder(lab.dir).filter(pid => {
		try {
			return readFileSync(`/proc/${pid}/environ`, 'utf8').includes(`CONTAINER_ID=${id}`) && readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').includes('log');
		} catch {
			return false;
		}
	});

const keepers = (): readonly number[] => processesUnder(lab.dir).filter(pid => existsSync(`/proc/${pid}/cmdline`) && readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').includes('keep'));

for (const version of containerdVersions)
	describe.skipIf(!isPossible(version))(`a container in the foreground of containerd ${version}`, {timeout: 60_000}, () => {
		beforeAll(async () => {
			namespace = `front-${randomBytes(3).toString('hex')}`;
			lab = await startContainerd({version});
			before = processesUnder(lab.dir);
			containerd = createContainerd({address: lab.address});
			services = await labServices(lab, containerd, [process.execPath, program]);
			await importImage(containerd, namespace, image);
		});

		afterAll(async () => {
			containerd?.close();
			await lab?.stop();
			forgetNamespace(namespace);
		});

		test('both streams arrive whole, and the log has them too', async () => {
			const attached = await front(shell('seq 1 20000; echo wrong >&2; exit 7'));
			const [out, err, exit] = await Promise.all([text(attached.stdout), text(attached.stderr!), attached.wait()]);
			expect(exit.exitStatus).toBe(7);
			const numbers = Array.from({length: 20_000}, (_, at) => `${at + 1}\n`).join('');
			expect({out: out === numbers, err}).toEqual({out: true, err: 'wrong\n'});
			expect(logOf(attached.ref).replace('wrong\n', '')).toBe(numbers);
			await services.containers.remove(attached.ref);
		});

		test('its input arrives, and so does the end of it', async () => {
			const attached = await front({...shell('cat; echo end'), process: {interactive: true}});
			const out = text(attached.stdout);
			attached.stderr?.resume();
			attached.stdin?.end('one\ntwo\n');
			expect((await attached.wait()).exitStatus).toBe(0);
			expect(await out).toBe('one\ntwo\nend\n');
			await services.containers.remove(attached.ref);
		});

		test('a terminal has the size that it is given, and is one stream', async () => {
			const attached = await front({...shell('read line; stty size; tty; exit 3'), process: {interactive: true, terminal: true}});
			const out = text(attached.stdout);
			expect(attached.stderr).toBeUndefined();
			await attached.resize({columns: 91, rows: 17});
			attached.stdin?.write('go\n');
			expect((await attached.wait()).exitStatus).toBe(3);
			expect(await out).toContain('17 91\r\n/dev/pts/0\r\n');
			await services.containers.remove(attached.ref);
		});

		test('left alone it goes on, however much it says, and its log is whole', async () => {
			const attached = await front({...shell('read go; seq 1 30000; echo done; sleep 100'), process: {interactive: true}});
			attached.stdin?.write('go\n');
			await new Promise(resolve => attached.stdout.once('data', resolve));
			attached.leave();
			expect(await until(() => logOf(attached.ref).endsWith('30000\ndone\n'), 20_000)).toBe(true);
			expect(logOf(attached.ref)).toBe(`${Array.from({length: 30_000}, (_, at) => `${at + 1}\n`).join('')}done\n`);
			const back = await services.containers.reach(attached.ref);
			await back.kill(9);
			expect((await back.wait()).exitStatus).toBe(137);
			back.leave();
			await services.containers.remove(attached.ref);
		});

		test('started again in the foreground it is shown from the new beginning', async () => {
			const attached = await front(shell('echo again; exit 2'));
			for (const stream of [attached.stdout, attached.stderr!]) stream.resume();
			await attached.wait();
			const second = await services.containers.startAttached(attached.ref, {interactive: false});
			second.stderr?.resume();
			const [out, exit] = await Promise.all([text(second.stdout), second.wait()]);
			expect({out, status: exit.exitStatus, log: logOf(attached.ref)}).toEqual({out: 'again\n', status: 2, log: 'again\nagain\n'});
			await services.containers.remove(attached.ref);
		});

		test('one that nobody waits for is removed when it ends, but not when it is restarted', async () => {
			const {ref} = await services.containers.run(wanted({...shell('trap "exit 0" TERM; while :; do sleep 0.1; done'), autoRemove: true}), {detached: true});
			await services.containers.restart(ref, {timeoutMs: 0});
			expect(await until(() => isGone(ref), 3000)).toBe(false);
			expect((await containerd.tasks.find(ref))?.status).toBe('running');
			await services.containers.stop(ref);
			expect(await until(() => isGone(ref), 20_000)).toBe(true);
			expect(await until(() => processesUnder(lab.dir).every(pid => before.includes(pid)), 20_000)).toBe(true);
		});

		test('one whose log driver did not live to see its end is removed by who looks, but none that runs, is new or was never started', async () => {
			const own = async (changes: RequestChanges) => (await services.containers.run(wanted({...changes, autoRemove: true}), {detached: true})).ref;
			const lock = (ref: ContainerRef): string => join(services.host.stateDir(ref), 'logger-lock');
			/** As if it had been started before the last boot. */
			const age = (ref: ContainerRef): void => utimesSync(lock(ref), 1, 1);
			const refs = await Promise.all([own({args: ['sleep', '1000']}), own({args: ['sleep', '1000']}), own({args: ['sleep', '1000']})]);
			const [runs, ended, young] = refs as readonly [ContainerRef, ContainerRef, ContainerRef];
			const never = await services.containers.create(wanted({autoRemove: true}));
			const plain = (await services.containers.run(wanted({args: ['true']}), {detached: true})).ref;
			for (const ref of [runs, ended]) age(ref);
			for (const ref of [ended, young]) for (const pid of driversOf(ref)) process.kill(pid, 'SIGKILL');
			await until(() => [ended, young].every(ref => driversOf(ref).length === 0), 5000);
			// It writes on when only the shell has gone; the next one knows nothing of these two.
			for (const pid of keepers()) process.kill(pid, 'SIGKILL');
			for (const ref of [ended, young]) {
				await services.containers.kill(ref, 9);
				await until(async () => (await containerd.tasks.find(ref))?.status === 'stopped', 5000);
			}
			// Both have ended this moment, and may have somebody who waits for that.
			expect(await services.containers.removeForgotten(namespace)).toEqual({done: [], failed: []});
			// A boot takes the tasks.
			for (const ref of [ended, young]) await containerd.tasks.delete(ref);
			expect(await services.containers.removeForgotten(namespace)).toEqual({done: [ended], failed: []});
			expect(await isGone(ended)).toBe(true);
			expect((await containerd.tasks.find(runs))?.status).toBe('running');
			for (const ref of [young, never, plain]) expect(await isGone(ref)).toBe(false);
			age(young);
			const holder = spawn('flock', [lock(young), 'sleep', '1000'], {detached: true});
			await until(() => spawnSync('flock', ['--nonblock', lock(young), 'true']).status !== 0, 5000);
			expect(await services.containers.removeForgotten(namespace)).toEqual({done: [], failed: []});
			process.kill(-holder.pid!, 'SIGKILL');
			await until(() => spawnSync('flock', ['--nonblock', lock(young), 'true']).status === 0, 5000);
			expect(await services.containers.removeForgotten(namespace)).toEqual({done: [young], failed: []});
			for (const ref of [runs, never, plain]) await services.containers.remove(ref, {force: true});
		});

		test('one that was forgotten makes way for another of its name, but none that runs or may be waited for', async () => {
			const name = `heir-${randomBytes(2).toString('hex')}`;
			const named = (args: readonly string[]) => services.containers.run(wanted({args, name, autoRemove: true}), {detached: true});
			const {ref} = await named(['sleep', '1000']);
			await expect(named(['true'])).rejects.toMatchObject({code: 'already-exists'});
			for (const pid of driversOf(ref)) process.kill(pid, 'SIGKILL');
			await until(() => driversOf(ref).length === 0, 5000);
			// It would see the end, and remove the container.
			for (const pid of keepers()) process.kill(pid, 'SIGKILL');
			await services.containers.kill(ref, 9);
			await until(async () => (await containerd.tasks.find(ref))?.status === 'stopped', 5000);
			await expect(named(['true'])).rejects.toMatchObject({code: 'already-exists'});
			// As a boot leaves it.
			await containerd.tasks.delete(ref);
			utimesSync(join(services.host.stateDir(ref), 'logger-lock'), 1, 1);
			const made = await services.containers.create(wanted({name}));
			expect(await isGone(ref)).toBe(true);
			expect((await services.containers.find(namespace, name)).id).toBe(made.id);
			await services.containers.remove(made);
		});

		test('one whose name is taken is refused with a status, and nothing of it stays', async () => {
			const name = `taken-${randomBytes(2).toString('hex')}`;
			const globals = ['--address', lab.address, '--namespace', namespace, '--data-root', lab.dataRoot];
			const run = () => spawnSync(process.execPath, [program, ...globals, 'run', '--rm', '--name', name, '--net', 'none', '--cgroup-parent', lab.cgroup, image.name, 'true'], {encoding: 'utf8'});
			expect(run()).toMatchObject({status: 0, stderr: ''});
			const holder = await services.containers.create({...wanted({}), name});
			const {status, stderr} = run();
			expect({status, stderr}).toEqual({status: 1, stderr: expect.stringContaining(`name ${name}`) as string});
			await services.containers.remove(holder);
			expect(run()).toMatchObject({status: 0, stderr: ''});
		});

		test('whose watcher was killed is logged on, and removed when it ends', async () => {
			const name = `orphan-${randomBytes(2).toString('hex')}`;
			const globals = ['--address', lab.address, '--namespace', namespace, '--data-root', lab.dataRoot];
			const flags = ['run', '--rm', '--name', name, '--net', 'none', '--cgroup-parent', lab.cgroup, '--stop-signal', 'KILL'];
			const watcher = spawn(process.execPath, [program, ...globals, ...flags, image.name, 'sh', '-c', 'echo up; sleep 2; seq 1 30000; echo done; sleep 100'], {stdio: ['ignore', 'pipe', 'inherit']});
			await new Promise(resolve => watcher.stdout.once('data', resolve));
			watcher.kill('SIGKILL');
			const ref = await services.containers.find(namespace, name);
			expect(await until(() => logOf(ref).endsWith('30000\ndone\n'), 20_000)).toBe(true);
			await services.containers.kill(ref, 9);
			expect(await until(() => isGone(ref), 20_000)).toBe(true);
		});
	});

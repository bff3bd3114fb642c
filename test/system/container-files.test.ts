import {execFileSync} from 'node:child_process';
import {chownSync, existsSync, lstatSync, mkdirSync, readdirSync, readFileSync, readlinkSync, statSync, symlinkSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {PassThrough, Readable} from 'node:stream';
import {buffer} from 'node:stream/consumers';
import {afterAll, beforeAll, describe, expect, test, vi} from 'vitest';
import {busyboxImage} from '../../scripts/lab/busybox.ts';
import {type LabContainer, runContainer} from '../../scripts/lab/container.ts';
import {type LabContainerd, startContainerd} from '../../scripts/lab/containerd.ts';
import {containerdVersions} from '../../scripts/lab/find-containerd.ts';
import {importImage} from '../../scripts/lab/import.ts';
import {titled, whyNoContainers} from '../../scripts/lab/possible.ts';
import {until} from '../../scripts/lab/processes.ts';
import {tar} from '../../scripts/lab/tar.ts';
import {createContainerd} from '../../source/clients/containerd/index.ts';
import type {Containerd} from '../../source/clients/containerd/types.ts';
import {createHost} from '../../source/clients/host/index.ts';
import {messageOf} from '../../source/errors.ts';
import {createContainers, type ContainersService} from '../../source/services/containers/index.ts';
import {createFiles} from '../../source/services/containers/files/index.ts';
import type {FilesService} from '../../source/services/containers/files/types.ts';

const image = busyboxImage('docker.io/lab/files:1');
const namespace = 'files';
const changing = [
	'mkdir -p /new/deep /data',
	'echo a > /new/deep/file',
	'echo x >> /etc/passwd',
	'rm /etc/group',
	'rm -r /root && mkdir /root && echo hi > /root/x',
	'chmod 700 /tmp',
	'ln -s /etc /link && ln -s /data /here && ln -s / /away',
	'ln /new/deep/file /new/again',
	'rm -r /var',
	'touch /ready',
].join('\n');

let lab: LabContainerd;
let containerd: Containerd;
let containers: ContainersService;
let files: FilesService;
let here: string;
let volume: string;
const refs: Record<'running' | 'stopped', LabContainer> = {} as never;

const mountsOfMachine = (): readonly string[] => readFileSync('/proc/self/mounts', 'utf8').split('\n').filter(line => line.includes(`${lab.dir}/root`));
const messageFrom = async (work: Promise<unknown>): Promise<string> => work.then(() => 'nothing', messageOf);
const read = (...names: readonly string[]): string => readFileSync(join(here, ...names), 'utf8');

/** Through a file of the volume, for output is nobody's here. */
const inside = async (ref: LabContainer, line: string): Promise<void> => {
	const {execId} = await containers.execDetached(ref, {args: ['/bin/sh', '-c', `${line}; echo $? > /tmp/code`]});
	await containerd.tasks.wait(ref, {execId}).catch(() => undefined);
};

const runOne = async (name: string): Promise<LabContainer> => {
	const ref = await runContainer({lab, containerd}, {image, namespace, name, isStarted: false, logs: 'null', commandLine: ['/bin/sh', '-c', `${changing}\nwhile :; do sleep 0.1; done`]});
	const record = await containerd.containers.get(ref);
	const spec = JSON.parse(Buffer.from(record.spec?.value ?? []).toString()) as {mounts: object[]};
	spec.mounts.push({destination: '/data', type: 'bind', source: volume, options: ['rbind']}, {destination: '/fixed', type: 'bind', source: volume, options: ['rbind', 'ro']});
	await containerd.containers.update({...record, spec: {typeUrl: record.spec?.typeUrl ?? '', value: Buffer.from(JSON.stringify(spec))}}, ['spec']);
	await containers.start(ref);
	const task = await containerd.tasks.find(ref);
	expect(await until(async () => existsSync(`/proc/${task?.pid}/root/ready`), 10_000)).toBe(true);
	return ref;
};

vi.setConfig({testTimeout: 60_000});

for (const version of containerdVersions) {
	const reason = whyNoContainers(version);
	describe.skipIf(reason !== undefined)(titled(`files of containers on containerd ${version}`, reason), () => {
		beforeAll(async () => {
			lab = await startContainerd({version});
			containerd = createContainerd({address: lab.address});
			const host = createHost({address: lab.address, dataRoot: lab.dataRoot});
			containers = createContainers({containerd, host});
			files = createFiles({containerd, host});
			await importImage(containerd, namespace, image);
			here = join(lab.dir, 'here');
			volume = join(lab.dir, 'volume');
			mkdirSync(here);
			mkdirSync(volume);
			writeFileSync(join(volume, 'kept'), 'in the volume');
			refs.running = await runOne('running');
			refs.stopped = await runOne('stopped');
			await containers.stop(refs.stopped, {timeoutMs: 0});
		});

		afterAll(async () => {
			containerd?.close();
			await lab?.stop();
		});

		test.each(['running', 'stopped'] as const)('diff tells what a %s container did to its image', async state => {
			const found: string[] = [];
			await files.changes(refs[state], ({kind, path}) => void found.push(`${kind[0]} ${path}`));
			const expected = ['c /etc', 'd /etc/group', 'c /etc/passwd', 'a /new', 'a /new/again', 'a /new/deep', 'a /new/deep/file', 'c /root', 'a /root/x', 'c /tmp', 'd /var', 'a /link', 'a /ready', 'a /data'];
			expect(found).toEqual(expect.arrayContaining(expected));
			expect(found.filter(line => /bin|passwd-|^. \/usr/.test(line))).toEqual([]);
			expect(new Set(found).size).toBe(found.length);
			expect(found.filter(line => line.startsWith('d'))).toEqual(['d /etc/group', 'd /var']);
		});

		test.each(['running', 'stopped'] as const)('export packs a %s container, without its volumes', async state => {
			const stream = new PassThrough();
			const [archive] = await Promise.all([buffer(stream), files.export(refs[state], stream).finally(() => stream.end())]);
			const names = execFileSync('tar', ['tf', '-'], {input: archive, encoding: 'utf8'}).split('\n');
			expect(names).toEqual(expect.arrayContaining(['bin/busybox', 'new/deep/file', 'etc/passwd', 'root/x', 'link', 'data/']));
			expect(names.filter(name => /^(var|data\/.+|etc\/group|proc\/.+)/.test(name))).toEqual([]);
			expect(mountsOfMachine()).toEqual(expect.not.arrayContaining([expect.stringContaining('/sys')]));
		});

		test.each(['running', 'stopped'] as const)('cp takes files out of a %s container as cp would name them', async state => {
			const ref = refs[state];
			const out = (...names: readonly string[]): string => join(here, state, ...names);
			mkdirSync(out());
			await files.copyOut(ref, {path: '/new/deep/file', to: out('renamed')});
			expect(read(state, 'renamed')).toBe('a\n');
			await files.copyOut(ref, {path: 'new/deep', to: out()});
			expect(read(state, 'deep/file')).toBe('a\n');
			await files.copyOut(ref, {path: '/new', to: out('made')});
			expect(readdirSync(out('made')).sort()).toEqual(['again', 'deep']);
			expect(statSync(out('made/again')).ino).toBe(statSync(out('made/deep/file')).ino);
			mkdirSync(out('dot'));
			await files.copyOut(ref, {path: '/new/.', to: out('dot')});
			expect(readdirSync(out('dot')).sort()).toEqual(['again', 'deep']);
			await files.copyOut(ref, {path: '/here/kept', to: out('volume')});
			expect(read(state, 'volume')).toBe('in the volume');
			await files.copyOut(ref, {path: '/link/passwd', to: out()});
			expect(read(state, 'passwd')).toMatch(/^root:.*\n.*\nx\n$/);
			expect(await messageFrom(files.copyOut(ref, {path: '/none/x', to: out()}))).toMatch(/copy \/none\/x out of .*: \/none is not there/);
			expect(await messageFrom(files.copyOut(ref, {path: '/none', to: out()}))).toMatch(/\/none is not there/);
			expect(await messageFrom(files.copyOut(ref, {path: '/new/again/', to: out()}))).toMatch(/not a directory/);
			expect(await messageFrom(files.copyOut(ref, {path: '/new', to: out('renamed')}))).toMatch(/which is a file/);
			expect(await messageFrom(files.copyOut(ref, {path: '/new/again', to: out('no/such/place')}))).toMatch(/not a directory here/);
			const stream = new PassThrough();
			const [archive] = await Promise.all([buffer(stream), files.copyOut(ref, {path: '/new', to: stream}).finally(() => stream.end())]);
			expect(execFileSync('tar', ['tf', '-'], {input: archive, encoding: 'utf8'}).split('\n').sort()).toEqual(['', 'new/', 'new/again', 'new/deep/', 'new/deep/file']);
		});

		test.each(['running', 'stopped'] as const)('cp puts files into a %s container, owners, links and modes too, and nowhere else', async state => {
			const ref = refs[state];
			const source = join(here, `from-${state}`);
			mkdirSync(join(source, 'sub'), {recursive: true});
			writeFileSync(join(source, 'sub/file'), 'new', {mode: 0o600});
			chownSync(join(source, 'sub/file'), 1000, 1001);
			symlinkSync('sub/file', join(source, 'link'));
			execFileSync('mkfifo', [join(source, 'pipe')]);
			const back = async (path: string, name: string): Promise<string> => {
				await files.copyOut(ref, {path, to: join(here, name)});
				return join(here, name);
			};
			await files.copyIn(ref, {from: source, path: '/tmp'});
			const copied = await back(`/tmp/from-${state}`, `back-${state}`);
			expect([readlinkSync(join(copied, 'link')), lstatSync(join(copied, 'pipe')).isFIFO(), statSync(join(copied, 'sub/file')).mode & 0o777]).toEqual(['sub/file', true, 0o600]);
			await files.copyIn(ref, {from: join(source, 'sub/file'), path: '/etc/renamed'});
			expect(readFileSync(await back('/link/renamed', `renamed-${state}`), 'utf8')).toBe('new');
			await files.copyIn(ref, {from: `${source}/.`, path: '/made'});
			expect(readdirSync(await back('/made', `made-${state}`)).sort()).toEqual(['link', 'pipe', 'sub']);

			// Into the volume through a link of the container, which on the machine would lead elsewhere.
			await files.copyIn(ref, {from: join(source, 'sub/file'), path: `/here/${state}`});
			const owned = statSync(join(volume, state));
			expect([owned.uid, owned.gid, owned.mode & 0o777]).toEqual([1000, 1001, 0o600]);
			await files.copyIn(ref, {from: join(source, 'sub/file'), path: `/away/../../away/new/${state}`});
			expect(readFileSync(await back(`/new/${state}`, `away-${state}`), 'utf8')).toBe('new');
			expect(existsSync(`/new/${state}`)).toBe(false);

			const hostile = tar([{kind: 'symlink', path: 'out', target: lab.dir}, {kind: 'file', path: 'out/escaped', content: 'x'}, {kind: 'folder', path: 'a'}, {kind: 'file', path: 'a/b/c', content: 'deep'}]);
			await messageFrom(files.copyIn(ref, {from: Readable.from([hostile]), path: '/new'}));
			expect(existsSync(join(lab.dir, 'escaped'))).toBe(false);
			const climbing = tar([{kind: 'file', path: '../../../../escaped', content: 'x'}]);
			expect(await messageFrom(files.copyIn(ref, {from: Readable.from([climbing]), path: '/new'}))).toMatch(/leads out of the archive/);
			await files.copyIn(ref, {from: Readable.from([tar([{kind: 'file', path: 'a/b/c', content: 'deep'}])]), path: '/new'});
			expect(readFileSync(await back('/new/a/b/c', `c-${state}`), 'utf8')).toBe('deep');
			expect(await messageFrom(files.copyIn(ref, {from: Readable.from(['this is no archive, however long it may be'.repeat(99)]), path: '/new'}))).toMatch(/not a tar archive/);

			expect(await messageFrom(files.copyIn(ref, {from: join(source, 'sub/file'), path: '/fixed/x'}))).toMatch(/read-only there/);
			expect(await messageFrom(files.copyIn(ref, {from: source, path: '/etc/passwd'}))).toMatch(/which is a file/);
			expect(await messageFrom(files.copyIn(ref, {from: join(source, 'sub/file'), path: '/none/'}))).toMatch(/\/none\/ is not a directory/);
			expect(await messageFrom(files.copyIn(ref, {from: join(source, 'none'), path: '/'}))).toMatch(/none is not there/);
			expect(mountsOfMachine().filter(line => !line.includes('/rootfs '))).toEqual([]);
		});

		test('what was copied into a stopped container is there when it starts', async () => {
			await files.copyIn(refs.stopped, {from: Readable.from([tar([{kind: 'file', path: 'token', content: 'present'}])]), path: '/tmp'});
			await containers.start(refs.stopped);
			await inside(refs.stopped, 'cp /tmp/token /data/token');
			await expect.poll(() => existsSync(join(volume, 'token')) && readFileSync(join(volume, 'token'), 'utf8'), {timeout: 10_000}).toBe('present');
		});
	});
}

import {mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync} from 'node:fs';
import {createServer} from 'node:net';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {describe, expect, onTestFinished, test} from 'vitest';
import {type DiscoverIo, examineSocket, findSockets} from '../../../source/clients/discover/index.ts';

type Fake = {readonly errno?: string; readonly refuses?: string; readonly isSocket?: boolean; readonly gid?: number; readonly mode?: number; readonly identity?: string};

const fakeIo = (files: Readonly<Record<string, Fake>>, texts: Readonly<Record<string, string>> = {}): DiscoverIo => ({
	async stat(path) {
		const file = files[path];
		if (file === undefined) return {errno: 'ENOENT'};
		if (file.errno !== undefined) return {errno: file.errno};
		return {isSocket: file.isSocket ?? true, gid: file.gid ?? 0, mode: file.mode ?? 0o660, identity: file.identity ?? path};
	},
	connect: async path => files[path]?.refuses,
	readText: async path => texts[path],
});

const groups = {'/etc/group': 'root:x:0:\nadm:x:4:syslog\ncontainerd:x:998:ann\n'};

describe('what is wrong with a socket', () => {
	test.each([
		['nothing there', undefined, 'unavailable', 'There is no socket at /c.sock', 'start containerd, or name its socket with --address'],
		['a file on the way', {errno: 'ENOTDIR'}, 'unavailable', 'There is no socket at /c.sock', 'start containerd, or name its socket with --address'],
		['a closed directory', {errno: 'EACCES'}, 'denied', 'Permission denied at /c.sock', 'run as root, or name its socket with --address'],
		['a file', {isSocket: false}, 'invalid', '/c.sock is not a socket', 'name its socket with --address'],
		['a dead daemon', {refuses: 'ECONNREFUSED'}, 'unavailable', 'Nobody listens at /c.sock', 'start containerd, or name its socket with --address'],
		['a hanging daemon', {refuses: 'ETIMEDOUT'}, 'timeout', '/c.sock does not accept a connection', 'see whether the daemon hangs, for example in its log'],
		['a group to join', {refuses: 'EACCES', gid: 998}, 'denied', 'Permission denied at /c.sock', 'run as root, join the group containerd, or name its socket with --address'],
		['a group without a name', {refuses: 'EACCES', gid: 12_345}, 'denied', 'Permission denied at /c.sock', 'run as root, join the group 12345, or name its socket with --address'],
		['a group that may not write', {refuses: 'EACCES', gid: 998, mode: 0o600}, 'denied', 'Permission denied at /c.sock', 'run as root, or name its socket with --address'],
		["root's group", {refuses: 'EACCES'}, 'denied', 'Permission denied at /c.sock', 'run as root, or name its socket with --address'],
		['something else', {refuses: 'EPROTOTYPE'}, 'unavailable', '/c.sock cannot be reached (EPROTOTYPE)', 'name its socket with --address'],
	])('%s', async (_, file, code, message, hint) => {
		const socket = await examineSocket({address: '/c.sock', owner: 'you'}, fakeIo(file === undefined ? {} : {'/c.sock': file}, groups));
		expect({...socket.failure, message: socket.failure?.message}).toMatchObject({code, message, hint});
	});

	test('nothing', async () => {
		expect(await examineSocket({address: '/c.sock', owner: 'you'}, fakeIo({'/c.sock': {}}))).toEqual({address: '/c.sock', owner: 'you', identity: '/c.sock', failure: undefined});
	});
});

const system = ['/run/containerd/containerd.sock', '/run/k3s/containerd/containerd.sock'];
const rest = ['/run/docker/containerd/containerd.sock', '/var/snap/microk8s/common/run/containerd.sock', '/run/k0s/containerd.sock'];

test.each([
	['root', {uid: 0, env: {XDG_RUNTIME_DIR: '/run/user/0'}}, {}, []],
	['a user', {uid: 1000, env: {}}, {}, ['/run/user/1000/containerd/containerd.sock']],
	['a user with a RootlessKit', {uid: 1000, env: {XDG_RUNTIME_DIR: '/xdg'}}, {'/xdg/containerd-rootless/child_pid': '4711\n'}, ['/proc/4711/root/run/containerd/containerd.sock', '/xdg/containerd/containerd.sock']],
	['a moved state directory', {uid: 1000, env: {ROOTLESSKIT_STATE_DIR: '/state'}}, {'/state/child_pid': '7'}, ['/proc/7/root/run/containerd/containerd.sock', '/run/user/1000/containerd/containerd.sock']],
	['a child_pid that is none', {uid: 1000, env: {}}, {'/run/user/1000/containerd-rootless/child_pid': '../../etc'}, ['/run/user/1000/containerd/containerd.sock']],
])('%s looks in the places that are his', async (_, who, texts, rootless) => {
	expect((await findSockets(who, fakeIo({}, texts as Record<string, string>))).map(socket => socket.address)).toEqual([...system, ...rootless, ...rest]);
});

test('a socket with two paths is there once', async () => {
	const io = fakeIo(
		{'/proc/7/root/run/containerd/containerd.sock': {identity: '9:1'}, '/run/user/5/containerd/containerd.sock': {identity: '9:1'}, '/run/k0s/containerd.sock': {identity: '9:2'}},
		{'/run/user/5/containerd-rootless/child_pid': '7'},
	);
	const sockets = await findSockets({uid: 5, env: {}}, io);
	expect(sockets.filter(socket => socket.failure === undefined).map(socket => socket.address)).toEqual(['/proc/7/root/run/containerd/containerd.sock', '/run/k0s/containerd.sock']);
});

test('real sockets', async () => {
	const root = mkdtempSync(join(tmpdir(), 'gantry-sockets-'));
	onTestFinished(() => rmSync(root, {recursive: true}));
	const at = (name: string) => join(root, name);
	const look = async (name: string) => (await examineSocket({address: at(name), owner: 'test'})).failure;
	const server = createServer().listen(at('live'));
	onTestFinished(() => void server.close());
	await new Promise(resolve => server.once('listening', resolve));
	symlinkSync(at('live'), at('link'));
	writeFileSync(at('file'), '');
	mkdirSync(at('directory'));

	expect(await look('live')).toBeUndefined();
	expect(await look('link')).toBeUndefined();
	expect((await look('absent'))?.message).toBe(`There is no socket at ${at('absent')}`);
	expect((await look('file'))?.message).toBe(`${at('file')} is not a socket`);
	expect((await look('directory'))?.message).toBe(`${at('directory')} is not a socket`);
	expect((await look('file/below'))?.code).toBe('unavailable');
});

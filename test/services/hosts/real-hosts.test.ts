import {chmodSync, chownSync, mkdtempSync, rmSync} from 'node:fs';
import {createServer as createHttp2Server} from 'node:http2';
import {createServer} from 'node:net';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import {type LabContainerd, startContainerd} from '../../../scripts/lab/containerd.ts';
import {titled, whyNoContainers} from '../../../scripts/lab/possible.ts';
import {createContainerd} from '../../../source/clients/containerd/index.ts';
import {examineSocket} from '../../../source/clients/discover/index.ts';
import {chooseHost, chooseNamespace} from '../../../source/services/hosts/index.ts';

const why = whyNoContainers();
const open = (address: string) => createContainerd({address});
const look = async (address: string) => examineSocket({address, owner: 'test'});
const nobody = 65_534;
const noSuchGroup = 64_321;

describe.skipIf(why !== undefined)(titled('sockets of real daemons', why), () => {
	let lab: LabContainerd;
	let directory: string;
	const closers: Array<() => void> = [];

	const listen = async (name: string, server: {listen(path: string): unknown; once(event: 'listening', listener: () => void): unknown; close(): unknown}) => {
		const path = join(directory, name);
		const ready = new Promise<void>(resolve => {
			server.once('listening', resolve);
		});
		server.listen(path);
		closers.push(() => server.close());
		await ready;
		return path;
	};

	beforeAll(async () => {
		directory = mkdtempSync(join(tmpdir(), 'gantry-hosts-'));
		lab = await startContainerd();
	});

	afterAll(async () => {
		for (const close of closers) close();
		rmSync(directory, {recursive: true, force: true});
		await lab?.stop();
	});

	test('a containerd is told from what only listens, and from what is not there', async () => {
		const silent = await listen('http1.sock', createServer(socket => socket.on('error', () => {}).end('HTTP/1.1 400 Bad Request\r\n\r\n')));
		const grpc = createHttp2Server();
		grpc.on('stream', stream => {
			stream.respond({':status': 200, 'content-type': 'application/grpc', 'grpc-status': '12', 'grpc-message': 'unknown service'}, {endStream: true});
		});
		const other = await listen('other.sock', grpc);

		const sockets = await Promise.all([join(directory, 'absent.sock'), silent, other, lab.address].map(look));
		const hosts = await chooseHost(sockets, open);
		expect(hosts.chosen).toMatchObject({address: lab.address, tasks: 0, version: expect.stringMatching(/^v?\d+\.\d+/)});
		expect(hosts.unusable.map(({address}) => address)).toEqual([silent, other]);

		await expect(chooseHost([await look(other)], open)).rejects.toMatchObject({message: `What listens at ${other} is not containerd`});
		await expect(chooseHost([await look(silent)], open)).rejects.toMatchObject({message: expect.stringContaining(silent), hint: expect.stringContaining('--address')});
	});

	test('nothing runs in a new daemon, so it starts in default', async () => {
		const containerd = open(lab.address);
		try {
			await containerd.namespaces.create({name: 'prod', labels: {}});
			expect(await chooseNamespace(containerd)).toBe('default');
		} finally {
			containerd.close();
		}
	});

	test('who may not is told the group that may', async () => {
		chmodSync(directory, 0o755);
		const path = await listen('locked.sock', createServer());
		chownSync(path, 0, noSuchGroup);
		chmodSync(path, 0o660);
		const setEffective = process.seteuid as (id: number) => void;
		setEffective(nobody);
		try {
			expect((await look(path)).failure).toMatchObject({code: 'denied', hint: `run as root, join the group ${noSuchGroup}, or name its socket with --address`});
			chmodAsRoot(directory, 0o700, setEffective);
			expect((await look(path)).failure).toMatchObject({code: 'denied', hint: 'run as root, or name its socket with --address'});
		} finally {
			setEffective(0);
		}
	});

	test('a daemon that died leaves a socket where nobody listens', async () => {
		await lab.kill();
		const socket = await look(lab.address);
		expect(socket.failure).toMatchObject({code: 'unavailable', message: `Nobody listens at ${lab.address}`});
		await expect(chooseHost([socket], open)).rejects.toBe(socket.failure);
	});
});

const chmodAsRoot = (path: string, mode: number, setEffective: (id: number) => void): void => {
	setEffective(0);
	chmodSync(path, mode);
	setEffective(nobody);
};

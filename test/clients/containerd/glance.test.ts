import {createServer, type Socket} from 'node:net';
import {mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {describe, expect, onTestFinished, test} from 'vitest';
import {createContainerd} from '../../../source/clients/containerd/index.ts';
import {createGlance} from '../../../source/clients/containerd/glance.ts';
import {openGlanceWire} from '../../../source/clients/containerd/glance-wire.ts';
import {startFakeContainerd} from '../../fakes/containerd.ts';

const glanceAt = (address: string) => {
	const glance = createGlance(address);
	onTestFinished(() => glance.close());
	return glance;
};

const fake = async () => {
	const daemon = await startFakeContainerd();
	onTestFinished(daemon.stop);
	return daemon;
};

describe('a first look', () => {
	test('sees what the real client sees', async () => {
		const daemon = await fake();
		for (let index = 0; index < 300; index += 1) daemon.addContainer({id: `c${index}`, status: index % 3 === 0 ? 'running' : 'stopped', labels: {note: '日本 '.repeat(40)}});
		const containerd = createContainerd({address: daemon.address});
		onTestFinished(() => containerd.close());
		const glance = glanceAt(daemon.address);
		const listed = [];
		const tasks = new Map((await containerd.tasks.list('default')).map((task) => [task.containerId, task]));
		for await (const batch of containerd.containers.list('default')) for (const container of batch) listed.push({...container, task: tasks.get(container.id)});
		expect(listed).toHaveLength(300);
		expect(await glance.containers('default')).toEqual(listed);
		expect((await glance.namespaces.list()).map(({name}) => name)).toEqual((await containerd.namespaces.list()).map(({name}) => name));
	});

	test('answers many questions at once, and larger ones than the first window', async () => {
		const daemon = await fake();
		for (let index = 0; index < 400; index += 1) daemon.addContainer({id: `c${index}`, labels: {note: 'x'.repeat(4000)}});
		const glance = glanceAt(daemon.address);
		const all = await Promise.all(Array.from({length: 6}, async () => glance.containers('default')));
		expect(all.map((each) => each.length)).toEqual(Array.from({length: 6}, () => 400));
	});

	test('leaves an answer that is too long to the real client', async () => {
		const daemon = await fake();
		for (let index = 0; index < 300; index += 1) daemon.addContainer({id: `c${index}`, labels: {note: 'x'.repeat(20_000)}});
		await expect(glanceAt(daemon.address).containers('default')).rejects.toThrow('too long');
	});

	test('a refusal is a failure', async () => {
		const daemon = await fake();
		const wire = openGlanceWire(daemon.address, 1000);
		onTestFinished(() => wire.close());
		await expect(wire.ask('default', '/containerd.services.containers.v1.Containers/Nothing', new Uint8Array())).rejects.toThrow('no answer');
	});

	test('nobody there', async () => {
		await expect(glanceAt('/nowhere/containerd.sock').namespaces.list()).rejects.toThrow('ENOENT');
	});

	test.each<[string, (socket: Socket) => void, string]>([
		['hangs up', (socket) => socket.end(), 'ended'],
		['speaks HTTP/1', (socket) => socket.write('HTTP/1.1 400 Bad Request\r\n\r\n'), 'no HTTP/2'],
		['says goodbye', (socket) => socket.write(Buffer.from([0, 0, 8, 7, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0])), 'goodbye'],
		['answers garbage', (socket) => socket.write(Buffer.from([0, 0, 2, 0, 1, 0, 0, 0, 1, 9, 9])), 'no answer'],
		['says nothing', () => undefined, 'in time'],
	])('something that %s', async (_title, behave, complaint) => {
		const folder = mkdtempSync(join(tmpdir(), 'gantry-glance-'));
		const path = join(folder, 'socket');
		const sockets = new Set<Socket>();
		const server = createServer((socket) => {
			sockets.add(socket);
			socket.on('error', () => undefined);
			behave(socket);
		});
		await new Promise<void>((resolve) => {
			server.listen(path, resolve);
		});
		onTestFinished(() => {
			for (const socket of sockets) socket.destroy();
			server.close();
			rmSync(folder, {recursive: true});
		});
		await expect(glanceAt(path).namespaces.list()).rejects.toThrow(complaint);
	});
});

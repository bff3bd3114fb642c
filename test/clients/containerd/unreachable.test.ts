import {createServer, type Server} from 'node:net';
import {mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterAll, beforeAll, describe, expect, it} from 'vitest';
import {socketPath} from '../../../source/clients/containerd/socket.ts';
import {unreachable} from '../../../source/clients/containerd/translate.ts';
import {ways} from '../../contract/ways.ts';

const listen = async (path: string, onConnection: Parameters<typeof createServer>[1]): Promise<Server> => {
	const server = createServer(socket => {
		socket.on('error', () => {});
		onConnection?.(socket);
	});
	await new Promise<void>(resolve => {
		server.listen(path, resolve);
	});
	return server;
};

describe('an address', () => {
	it.each(['/run/c.sock', 'unix:///run/c.sock', 'unix:/run/c.sock'])('may be written %s', address => {
		expect(socketPath(address)).toBe('/run/c.sock');
	});
});

describe.each(ways)('what is not a containerd, asked %s', (_way, connect) => {
	let folder: string;
	const servers: Server[] = [];
	const at = (name: string): string => join(folder, name);
	const versionAt = async (path: string): Promise<unknown> => {
		const containerd = connect({address: path, defaultTimeoutMs: 1000});
		try {
			return await containerd.version().catch((error: unknown) => error);
		} finally {
			containerd.close();
		}
	};

	beforeAll(() => {
		folder = mkdtempSync(join(tmpdir(), 'gantry-none-'));
	});

	afterAll(() => {
		for (const server of servers) server.close();
		rmSync(folder, {recursive: true});
	});

	it('is missing', async () => {
		await expect(versionAt(at('missing.sock'))).resolves.toMatchObject({code: 'unavailable', message: `There is no socket at ${at('missing.sock')}`, hint: expect.stringContaining('--address')});
	});

	it.each([
		['empty', '', 'The address of containerd is empty'],
		['too long for a socket', `/tmp/${'x'.repeat(200)}`, expect.stringContaining('107 bytes')],
	])('has an address that is %s', async (_name, path, message) => {
		await expect(versionAt(path)).resolves.toMatchObject({code: 'invalid', message, hint: expect.stringContaining('--address')});
	});

	it('is an ordinary file', async () => {
		writeFileSync(at('file'), '');
		await expect(versionAt(at('file'))).resolves.toMatchObject({code: 'unavailable', message: expect.stringContaining(at('file')), hint: expect.any(String)});
	});

	it.each([
		['hangs up', 'rude.sock', (socket: {destroy(): void}) => socket.destroy()],
		['speaks HTTP/1', 'http.sock', (socket: {end(text: string): void}) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n')],
	] as const)('%s', async (_name, file, answer) => {
		servers.push(await listen(at(file), answer));
		await expect(versionAt(at(file))).resolves.toMatchObject({code: 'unavailable', message: expect.stringContaining('does not speak gRPC'), hint: expect.stringContaining('--address')});
	});

	it('says nothing at all', async () => {
		servers.push(await listen(at('silent.sock'), () => {}));
		await expect(versionAt(at('silent.sock'))).resolves.toMatchObject({code: 'timeout', message: expect.stringContaining('Version.Version')});
	});

	// Root may connect to everything, so the errno that others meet is given by hand.
	it.each(['EACCES', 'EPERM'])('may not be used (%s)', errno => {
		expect(unreachable(errno, '/run/c.sock', undefined)).toMatchObject({code: 'denied', message: 'Permission denied at /run/c.sock', hint: expect.stringMatching(/root.*group.*--address/)});
	});
});

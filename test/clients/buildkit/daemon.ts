import {once} from 'node:events';
import {mkdtempSync, rmSync} from 'node:fs';
import {createServer as createHttpServer} from 'node:http';
import {createServer, type Server, type Socket} from 'node:net';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {onTestFinished} from 'vitest';
import {type Handler, serveGrpc} from '../../../source/clients/grpc/index.ts';

export type Handlers = ReadonlyMap<string, Handler>;

export const socketFolder = (): string => {
	const folder = mkdtempSync(join(tmpdir(), 'gantry-bk-'));
	onTestFinished(() => rmSync(folder, {recursive: true, force: true}));
	return folder;
};

/** Whoever is connected is let go with the server. */
export const closing = (server: Server): Server => {
	const sockets = new Set<Socket>();
	server.on('connection', socket => {
		sockets.add(socket);
		socket.on('error', () => {});
		socket.on('close', () => sockets.delete(socket));
	});
	onTestFinished(() => {
		server.close();
		for (const socket of sockets) socket.destroy();
	});
	return server;
};

/** A daemon of a few answers behind a unix socket; answers its address. */
export const unixDaemon = async (onConnection: (socket: Socket) => void): Promise<string> => {
	const path = join(socketFolder(), 'buildkitd.sock');
	const server = closing(createServer(onConnection));
	server.listen(path);
	await once(server, 'listening');
	return `unix://${path}`;
};

export const grpcDaemon = async (handlers: Handlers): Promise<string> => unixDaemon(socket => void serveGrpc(socket, handlers));

/** The same behind the upgrade of a dockerd; `paths` says what was asked for. */
export const dockerDaemon = async (handlers: Handlers, paths: string[]): Promise<string> => {
	const path = join(socketFolder(), 'docker.sock');
	const server = createHttpServer((_request, answer) => answer.writeHead(404).end());
	server.on('upgrade', (request, socket, head) => {
		paths.push(request.url ?? '');
		socket.write('HTTP/1.1 101 UPGRADED\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n');
		if (head.length > 0) socket.unshift(head);
		void serveGrpc(socket, handlers);
	});
	closing(server as unknown as Server);
	server.listen(path);
	await once(server, 'listening');
	return `docker://${path}`;
};

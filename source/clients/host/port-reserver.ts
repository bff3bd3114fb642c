import {spawn} from 'node:child_process';
import {createSocket} from 'node:dgram';
import {mkdirSync, readFileSync, rmdirSync, rmSync, writeFileSync} from 'node:fs';
import {createServer} from 'node:net';
import {dirname} from 'node:path';
import {Failure} from '../../errors.ts';
import type {ContainerRef} from '../../model/container.ts';
import type {PortMapping} from '../../model/docker-ports.ts';

/** nerdctl's place, so that its stop and rm end ours too. */
const pidPath = ({namespace, id}: ContainerRef): string => `/run/nerdctl/${namespace}/${id}/port-reserver.pid`;

type Reserved = {readonly fd: number | undefined; close(): void};

type Handle = {readonly fd?: number};

/** Node passes on descriptors by number only, and tells the number of its own sockets in no other way. */
const handleOf = (socket: object): Handle | undefined => {
	const state = Object.getOwnPropertySymbols(socket).find(({description}) => description === 'state symbol');
	const fields = socket as {readonly _handle?: Handle} & Readonly<Record<symbol, {readonly handle?: Handle}>>;
	return state === undefined ? fields._handle : fields[state]?.handle;
};

const listen = async ({HostIP, HostPort}: PortMapping): Promise<Reserved> =>
	new Promise((resolve, reject) => {
		const server = createServer();
		server.once('error', reject);
		server.listen({host: HostIP === '' ? '0.0.0.0' : HostIP, port: HostPort}, () => resolve({fd: handleOf(server)?.fd, close: () => void server.close()}));
	});

const bind = async ({HostIP, HostPort}: PortMapping): Promise<Reserved> =>
	new Promise((resolve, reject) => {
		const socket = createSocket(HostIP.includes(':') ? 'udp6' : 'udp4');
		socket.once('error', reject);
		socket.bind({address: HostIP === '' ? '0.0.0.0' : HostIP, port: HostPort}, () => resolve({fd: handleOf(socket)?.fd, close: () => void socket.close()}));
	});

type OnTrouble = (text: string, error: unknown) => void;

/** Undefined for what can not be held: SCTP, an address that the machine does not have (yet). A port that is somebody's is an error. */
const reserve = async (mapping: PortMapping, onTrouble: OnTrouble): Promise<Reserved | undefined> => {
	const {HostIP, HostPort, Protocol} = mapping;
	try {
		if (Protocol.startsWith('tcp')) return await listen(mapping);
		if (Protocol.startsWith('udp')) return await bind(mapping);
		return undefined;
	} catch (error) {
		if ((error as NodeJS.ErrnoException).code === 'EADDRINUSE') {
			throw new Failure('conflict', `port ${HostPort}/${Protocol} of ${HostIP || '0.0.0.0'} is in use on this machine`, {cause: error});
		}
		onTrouble(`could not reserve ${HostIP}:${HostPort}/${Protocol}`, error);
		return undefined;
	}
};

/** Ends the process that holds the ports, if it is still ours: its number may be somebody else's by now. */
export const releasePorts = (ref: ContainerRef): void => {
	const path = pidPath(ref);
	try {
		const pid = Number(readFileSync(path, 'utf8').trim());
		if (pid > 1 && readFileSync(`/proc/${pid}/comm`, 'utf8').trim() === 'sleep') process.kill(pid, 'SIGKILL');
	} catch {
		// It holds no ports, or does not run.
	}
	rmSync(dirname(path), {recursive: true, force: true});
	try {
		rmdirSync(dirname(dirname(path)));
	} catch {
		// Others of the namespace hold ports.
	}
};

/**
Hold the published ports on the machine, by a process that does nothing but sleep: so other programs are told that they are taken, and
`ss` shows them, though it is a rule of the firewall that serves them.
*/
export const reservePorts = async (ref: ContainerRef, ports: readonly PortMapping[], onTrouble: OnTrouble): Promise<void> => {
	releasePorts(ref);
	if (ports.length === 0) return;
	const held: Reserved[] = [];
	try {
		for (const mapping of ports) {
			const reserved = await reserve(mapping, onTrouble);
			if (reserved !== undefined) held.push(reserved);
		}
		const descriptors = held.map(({fd}) => fd).filter(fd => fd !== undefined);
		if (descriptors.length === 0) return;
		const child = spawn('sleep', ['infinity'], {
			...{detached: true, cwd: '/', env: {PATH: '/usr/bin:/bin'}},
			stdio: ['ignore', 'ignore', 'ignore', ...descriptors],
		});
		await new Promise<void>((resolve, reject) => {
			child.once('spawn', resolve);
			child.once('error', reject);
		});
		child.unref();
		const path = pidPath(ref);
		mkdirSync(dirname(path), {recursive: true, mode: 0o755});
		writeFileSync(path, String(child.pid));
	} finally {
		for (const {close} of held) close();
	}
};

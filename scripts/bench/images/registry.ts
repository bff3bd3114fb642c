import {type ChildProcess, spawn} from 'node:child_process';
import {mkdirSync, rmSync, writeFileSync} from 'node:fs';
import {createServer} from 'node:net';
import {join} from 'node:path';
import {setTimeout as delay} from 'node:timers/promises';
import {type Certificate, isListening} from './certificate.ts';

export type BenchRegistry = {
	readonly host: string;
	/** Requests that it has answered. */
	requests(): number;
	stop(): Promise<void>;
};

const freePort = async (): Promise<number> => {
	const server = createServer();
	await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
	const {port} = server.address() as {port: number};
	await new Promise(resolve => server.close(resolve));
	return port;
};

/** docker-registry on loopback, its blobs in the folder, over plain http unless there is a certificate; both gone with `stop`. */
export const startRegistry = async (parent: string, name: string, tls?: Certificate): Promise<BenchRegistry> => {
	const folder = join(parent, name);
	mkdirSync(folder, {recursive: true});
	const host = `127.0.0.1:${await freePort()}`;
	const settings = {version: '0.1', log: {level: 'info', formatter: 'json'}, storage: {filesystem: {rootdirectory: join(folder, 'data')}, maintenance: {uploadpurging: {enabled: false}}}, http: {addr: host, ...(tls === undefined ? {} : {tls: {certificate: tls.certificate, key: tls.key}})}};
	writeFileSync(join(folder, 'registry.yml'), JSON.stringify(settings));
	const child: ChildProcess = spawn('docker-registry', ['serve', join(folder, 'registry.yml')], {stdio: ['ignore', 'pipe', 'pipe']});
	let count = 0;
	// One line per request when it is over.
	const read = (chunk: Buffer): void => {
		count += chunk.toString().split('"msg":"response completed"').length - 1;
	};
	child.stdout?.on('data', read);
	child.stderr?.on('data', read);
	for (let tries = 0; !(await isListening(host)); tries++) {
		if (tries === 200 || child.exitCode !== null) throw new Error(`docker-registry did not start at ${host}`);
		await delay(50);
	}
	return {
		host,
		requests: () => count,
		stop: async () => {
			const exited = new Promise(resolve => child.once('exit', resolve));
			child.kill();
			await exited;
			rmSync(folder, {recursive: true, force: true});
		},
	};
};

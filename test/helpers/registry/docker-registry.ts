import {spawnSync} from 'node:child_process';
import {mkdtemp, rm, writeFile} from 'node:fs/promises';
import {createServer} from 'node:net';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {execa} from 'execa';

/** `bob` with `s3cret`; docker-registry takes bcrypt only, which Node can't make. */
export const account = {username: 'bob', password: 's3cret'} as const;
const htpasswd = 'bob:$2b$04$abcdefghijklmnopqrstuuLZYjhNQAOdpbzt4WxWlUHjv1wsyH5DG\n';

export type DockerRegistry = {
	/** `127.0.0.1:PORT`. */
	readonly host: string;
	readonly stop: () => Promise<void>;
};

export type DockerRegistryOptions = {
	readonly tls?: {readonly certificate: string; readonly key: string};
	/** It lets in only who shows a certificate of this authority. */
	readonly clientAuthority?: string;
	readonly hasAccounts?: boolean;
	/** A token server of the test's: its realm, and the certificate that its tokens are signed with. */
	readonly token?: {readonly realm: string; readonly service: string; readonly issuer: string; readonly certificate: string};
};

export const hasDockerRegistry = (): boolean => spawnSync('docker-registry', ['--version'], {stdio: 'ignore'}).error === undefined;

/** Nobody listens on it a moment later, unless somebody else asks for any port in between. */
export const freePort = async (): Promise<number> => {
	const server = createServer();
	await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
	const {port} = server.address() as {port: number};
	await new Promise(resolve => server.close(resolve));
	return port;
};

/** A private docker-registry on loopback. It says when it listens; a port that somebody took in between is tried again. */
export const startDockerRegistry = async (options: DockerRegistryOptions = {}): Promise<DockerRegistry> => {
	for (let tries = 0; ; tries++) {
		try {
			return await start(await freePort(), options);
		} catch (error) {
			if (tries === 2) throw error;
		}
	}
};

const start = async (port: number, {tls, clientAuthority, hasAccounts = false, token}: DockerRegistryOptions): Promise<DockerRegistry> => {
	const folder = await mkdtemp(join(tmpdir(), 'gantry-registry-'));
	const htpasswdPath = join(folder, 'htpasswd');
	await writeFile(htpasswdPath, htpasswd);
	const host = `127.0.0.1:${port}`;
	const auth =
		token === undefined
			? hasAccounts
				? {auth: {htpasswd: {realm: 'lab', path: htpasswdPath}}}
				: {}
			: {auth: {token: {realm: token.realm, service: token.service, issuer: token.issuer, rootcertbundle: token.certificate}}};
	const settings = {
		version: '0.1',
		log: {level: 'info'},
		storage: {filesystem: {rootdirectory: join(folder, 'data')}, delete: {enabled: true}},
		http: {
			addr: host,
			...(tls === undefined
				? {}
				: {tls: {certificate: tls.certificate, key: tls.key, ...(clientAuthority === undefined ? {} : {clientcas: [clientAuthority]})}}),
		},
		...auth,
	};
	// JSON is YAML.
	await writeFile(join(folder, 'registry.yml'), JSON.stringify(settings));
	const child = execa('docker-registry', ['serve', join(folder, 'registry.yml')], {
		reject: false,
		buffer: false,
		env: {OTEL_TRACES_EXPORTER: 'none'},
	});
	const stop = async (): Promise<void> => {
		child.kill('SIGKILL');
		await child;
		await rm(folder, {recursive: true, force: true});
	};
	try {
		await new Promise<void>((resolve, reject) => {
			let log = '';
			child.stderr.on('data', (chunk: Buffer) => {
				log = (log + chunk.toString()).slice(-4096);
				if (log.includes('listening on')) resolve();
			});
			void child.then(() => reject(new Error(`docker-registry ended: ${log}`)));
		});
	} catch (error) {
		await stop();
		throw error;
	}
	child.stderr.resume();
	child.stdout.resume();
	return {host, stop};
};

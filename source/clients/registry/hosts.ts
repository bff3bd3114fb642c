import {readFile, readdir, stat} from 'node:fs/promises';
import {join} from 'node:path';
import {Failure} from '../../errors.ts';
import {isMissing} from './missing.ts';
import {parseHostsToml} from './hosts-toml.ts';
import type {Endpoint, Hosts, TlsSettings} from './types.ts';

export type HostsOptions = {
	/** certs.d directories, the first that has something on a host decides. */
	readonly dirs: readonly string[];
	/** Certificates are not checked, and plain http is tried where TLS is not spoken. */
	readonly insecureRegistry: boolean;
};

const everything: Endpoint['capabilities'] = new Set(['pull', 'resolve', 'push']);
const noTls: TlsSettings = {skipVerify: false, ca: [], client: undefined};

export const isLoopback = (host: string): boolean => {
	const name = host.replace(/:\d+$/, '').replace(/^\[|\]$/g, '');
	return name === 'localhost' || name === '::1' || /^127(?:\.\d{1,3}){3}$/.test(name);
};

const portOf = (host: string): string | undefined => /:(\d+)$/.exec(host)?.[1];

/** As nerdctl has it: loopback is plain http unless the port says otherwise; `docker.io` lives elsewhere. */
const serverOf = (host: string, insecureRegistry: boolean): string => {
	if (host === 'docker.io') return 'https://registry-1.docker.io/v2';
	const port = portOf(host);
	const isPlain = port === '80' || (isLoopback(host) && port !== '443' && !insecureRegistry);
	return `${isPlain ? 'http' : 'https'}://${host}/v2`;
};

export const openHosts = ({dirs, insecureRegistry}: HostsOptions): Hosts => ({
	find: async host => {
		const server = (tls: TlsSettings, base?: string): Endpoint => ({
			base: base ?? serverOf(host, insecureRegistry),
			capabilities: everything,
			headers: {},
			tls: insecureRegistry ? {...tls, skipVerify: true} : tls,
			mayFallBackToHttp: insecureRegistry,
			mirrorOf: undefined,
			connectTimeoutMs: undefined,
		});
		const dir = await firstDir(dirs, host);
		if (dir === undefined) return [server(noTls)];
		const text = await readIfThere(join(dir, 'hosts.toml'));
		if (text === undefined || text.trim() === '') {
			const tls = await readCertificates(dir);
			// Certificates are laid out for TLS: loopback's plain http would ignore them.
			const wantsTls = tls.ca.length > 0 || tls.client !== undefined;
			return [server(tls, wantsTls && host !== 'docker.io' ? `https://${host}/v2` : undefined)];
		}
		const endpoints = await parseHostsToml(join(dir, 'hosts.toml'), text, host, {
			server: serverOf(host, insecureRegistry),
			read: async path => readFile(path, 'utf8'),
		});
		return insecureRegistry
			? endpoints.map(endpoint => ({...endpoint, tls: {...endpoint.tls, skipVerify: true}, mayFallBackToHttp: true}))
			: endpoints;
	},
});

/** Names as containerd looks for them. Colons are no good in some file systems, hence the first. */
const firstDir = async (roots: readonly string[], host: string): Promise<string | undefined> => {
	const port = portOf(host);
	const names = [...(port === undefined ? [] : [`${host.slice(0, -port.length - 1)}_${port}_`]), host, '_default'];
	for (const root of roots)
		for (const name of names) {
			const path = join(root, name);
			try {
				if ((await stat(path)).isDirectory()) return path;
			} catch (error) {
				if (!isMissing(error)) throw unreadable(path, error);
			}
		}
	return undefined;
};

const readIfThere = async (path: string): Promise<string | undefined> => {
	try {
		return await readFile(path, 'utf8');
	} catch (error) {
		if (isMissing(error)) return undefined;
		throw unreadable(path, error);
	}
};

/** Docker's layout: `*.crt` are authorities, `*.cert` with `*.key` is ours. */
const readCertificates = async (dir: string): Promise<TlsSettings> => {
	const names = (await readdir(dir)).sort();
	const ca = await Promise.all(names.filter(name => name.endsWith('.crt')).map(async name => readFile(join(dir, name), 'utf8')));
	const own = names.find(name => name.endsWith('.cert'));
	if (own === undefined) return {...noTls, ca};
	const certificate = await readFile(join(dir, own), 'utf8');
	const key = await readIfThere(join(dir, own.replace(/\.cert$/, '.key')));
	return {...noTls, ca, client: {certificate, key: key ?? certificate}};
};

const unreadable = (path: string, error: unknown): Failure =>
	new Failure('denied', `Could not read ${path}: ${(error as Error).message}`, {cause: error, hint: 'look at its permissions'});

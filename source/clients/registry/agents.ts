import tls from 'node:tls';
import {Agent, type Dispatcher, EnvHttpProxyAgent} from 'undici';
import type {Endpoint} from './types.ts';

export type Agents = {
	of(endpoint: Pick<Endpoint, 'tls' | 'connectTimeoutMs'>, isPlain: boolean): Dispatcher;
	close(): Promise<void>;
};

type Environment = Readonly<Record<string, string | undefined>>;

const connectTimeoutMs = 30_000;

/** Between two pieces of an answer. */
const silenceMs = 60_000;

/**
The machine's authorities, as every Go client uses them; Node's own list only where the machine has none. Reading them costs 0.2 s of CPU,
so it is done once and not before a certificate has to be checked.
*/
let systemAuthorities: readonly string[] | undefined;
const authorities = (): readonly string[] => {
	if (systemAuthorities === undefined) {
		const list = (kind: 'system' | 'default' | 'extra'): readonly string[] => tls.getCACertificates?.(kind) ?? [];
		const system = list('system');
		systemAuthorities =
			system.length === 0
				? [...(tls.getCACertificates === undefined ? tls.rootCertificates : list('default'))]
				: [...system, ...list('extra')];
	}
	return systemAuthorities;
};

/** One context for all connections: built anew for each, it would cost each a tenth of a second. */
const makeContext = ({skipVerify, ca, client}: Endpoint['tls']): tls.SecureContext =>
	tls.createSecureContext({
		...(skipVerify ? {} : {ca: [...authorities(), ...ca]}),
		...(client === undefined ? {} : {cert: client.certificate, key: client.key}),
	});

const proxyOf = (environment: Environment): {readonly http: string; readonly https: string; readonly none: string} | undefined => {
	const read = (name: string): string => environment[name.toLowerCase()] || environment[name.toUpperCase()] || '';
	const [http, https, none] = [read('http_proxy'), read('https_proxy'), read('no_proxy')];
	return http === '' && https === '' ? undefined : {http, https, none};
};

/** Loopback never goes through a proxy, as with Go's clients. */
const loopback = 'localhost,127.0.0.1,[::1]';

export const createAgents = (environment: Environment): Agents => {
	const made = new Map<string, Dispatcher>();
	const proxy = proxyOf(environment);
	const make = ({tls: settings, connectTimeoutMs: timeout}: Pick<Endpoint, 'tls' | 'connectTimeoutMs'>, isPlain: boolean): Dispatcher => {
		const connect = {
			timeout: timeout ?? connectTimeoutMs,
			...(isPlain ? {} : {secureContext: makeContext(settings), rejectUnauthorized: !settings.skipVerify}),
		};
		const common = {connect, bodyTimeout: silenceMs, headersTimeout: silenceMs};
		if (proxy === undefined) return new Agent(common);
		const {http, https, none} = proxy;
		return new EnvHttpProxyAgent({
			...common,
			requestTls: connect,
			httpProxy: http,
			httpsProxy: https,
			noProxy: none === '*' ? '*' : `${none},${loopback}`,
		});
	};
	return {
		of: (endpoint, isPlain) => {
			const key = isPlain ? `plain ${endpoint.connectTimeoutMs ?? ''}` : JSON.stringify([endpoint.tls, endpoint.connectTimeoutMs]);
			const agent = made.get(key) ?? make(endpoint, isPlain);
			made.set(key, agent);
			return agent;
		},
		close: async () => {
			const all = [...made.values()];
			made.clear();
			await Promise.all(all.map(agent => agent.destroy()));
		},
	};
};

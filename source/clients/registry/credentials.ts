import {join} from 'node:path';
import {helperErase, helperGet, helperProgram, helperStore} from './credential-helper.ts';
import {type DockerConfig, readConfig, writeConfig} from './docker-config.ts';
import type {Credential, Credentials} from './types.ts';

export type CredentialsOptions = {
	readonly env: Readonly<Record<string, string | undefined>>;
	readonly home: string;
};

type Json = Readonly<Record<string, unknown>>;

/** The host alone, and with either scheme. */
const usualKeys = 3;

const dockerHub = 'https://index.docker.io/v1/';

export const configPath = ({env, home}: CredentialsOptions): string => join(env['DOCKER_CONFIG'] || join(home, '.docker'), 'config.json');

/** What a host may be kept under, nerdctl's way: its own first, then what other clients have written over the years. */
export const keysOf = (host: string): readonly string[] => {
	if (host === 'docker.io') return [dockerHub];
	const hasPort = /:\d+$/.test(host);
	const bare = host.endsWith(':443') ? host.slice(0, -4) : host;
	const names = hasPort ? (bare === host ? [host] : [host, bare]) : [host, `${host}:443`];
	return names.flatMap(name => [
		name,
		`https://${name}`,
		`http://${name}`,
		`https://${name}/`,
		`https://${name}/v1/`,
		`https://${name}/v2/`,
	]);
};

/** docker's file with its helpers, read afresh each time: a login elsewhere must be seen. */
export const openCredentials = (options: CredentialsOptions): Credentials => {
	const path = configPath(options);
	const {env} = options;
	return {
		find: async (host, call = {}) => {
			const config = await readConfig(path);
			for (const [index, key] of keysOf(host).entries()) {
				const helper = helperOf(config, key);
				// Each question starts a program, which may ask a person: rarer spellings only where the file says that one was used.
				if (helper !== undefined && (index < usualKeys || isKept(config, key))) {
					const found = await helperGet(helperProgram(helper), key, env, call);
					if (found !== undefined) return found;
				}
				const found = fromFile(config, key);
				if (found !== undefined) return found;
			}
			return undefined;
		},
		store: async (host, credential, call = {}) => {
			const config = await readConfig(path);
			const [key = host] = keysOf(host);
			const helper = helperOf(config, key);
			if (helper !== undefined) {
				const program = helperProgram(helper);
				await helperStore(program, key, credential, env, call);
				// Docker notes which hosts the helper has, without a secret; a password that was in the file must not stay.
				await writeConfig(path, {...config, auths: {...authsOf(config), [key]: {}}});
				return {kind: 'helper', program};
			}
			await writeConfig(path, {...config, auths: {...authsOf(config), [key]: toEntry(credential)}});
			return {kind: 'file', path};
		},
		erase: async (host, call = {}) => {
			const config = await readConfig(path);
			const keys = keysOf(host);
			let program: string | undefined;
			for (const key of keys.slice(0, usualKeys)) {
				const helper = helperOf(config, key);
				if (helper !== undefined && (await helperErase(helperProgram(helper), key, env, call))) program = helperProgram(helper);
			}
			const auths = authsOf(config);
			const left = Object.fromEntries(Object.entries(auths).filter(([key]) => !keys.includes(key)));
			const hadEntry = Object.keys(left).length < Object.keys(auths).length;
			if (hadEntry) await writeConfig(path, {...config, auths: left});
			if (program !== undefined) return {kind: 'helper', program};
			return hadEntry ? {kind: 'file', path} : undefined;
		},
	};
};

const isJson = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value);

const authsOf = (config: DockerConfig): Json => (isJson(config['auths']) ? config['auths'] : {});

const isKept = (config: DockerConfig, key: string): boolean => authsOf(config)[key] !== undefined;

const text = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' ? value : undefined);

/** A helper for the host goes before the store for all. */
const helperOf = (config: DockerConfig, key: string): string | undefined => {
	const helpers = isJson(config['credHelpers']) ? config['credHelpers'] : {};
	return text(helpers[key]) ?? text(config['credsStore']);
};

const fromFile = (config: DockerConfig, key: string): Credential | undefined => {
	const entry = authsOf(config)[key];
	if (!isJson(entry)) return undefined;
	const identity = text(entry['identitytoken']);
	if (identity !== undefined) return {kind: 'identity', token: identity};
	const auth = text(entry['auth']);
	const decoded = auth === undefined ? '' : Buffer.from(auth, 'base64').toString('utf8').replace(/\0+$/, '');
	const colon = decoded.indexOf(':');
	const username = colon < 0 ? text(entry['username']) : decoded.slice(0, colon);
	const password = colon < 0 ? text(entry['password']) : decoded.slice(colon + 1);
	return username === undefined || password === undefined ? undefined : {kind: 'basic', username: username.trim(), password};
};

const encode = (username: string, password: string): string => Buffer.from(`${username}:${password}`).toString('base64');

const toEntry = (credential: Credential): Json =>
	credential.kind === 'identity' ? {identitytoken: credential.token} : {auth: encode(credential.username, credential.password)};

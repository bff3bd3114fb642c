import {homedir} from 'node:os';
import process from 'node:process';
import type {RegistryClient} from '../clients/registry/index.ts';
import type {Settings} from '../config/index.ts';
import type {Reach} from '../services/images/index.ts';
import type {RegistriesService} from '../services/registries/index.ts';

/** The registries as this machine is set up to reach them. What speaks HTTP is loaded here and not before: most verbs need none of it. */
export const openRegistry = async (settings: Settings, isInsecure: boolean, version: string): Promise<RegistryClient> => {
	const {createRegistry, openCredentials, openHosts} = await import('../clients/registry/index.ts');
	return createRegistry({
		credentials: openCredentials({env: process.env, home: homedir()}),
		hosts: openHosts({dirs: settings.hostsDirs.value, insecureRegistry: isInsecure || settings.nerdctl.insecure_registry === true}),
		version,
		env: process.env,
	});
};

/** What the images service needs of registries: our own client, and how containerd gets there without us. */
export type RegistryAccess = {readonly openRegistry: (isInsecure?: boolean) => Promise<RegistryClient>; readonly reach: Reach};

/** Opened by its first call, once for each way of trusting: tokens and connections are worth keeping. */
export const registryAccess = (settings: Settings, isInsecure: boolean, version: string): RegistryAccess => {
	const opened = new Map<boolean, Promise<RegistryClient>>();
	return {
		openRegistry: (isMoreInsecure = false) => {
			const key = isInsecure || isMoreInsecure;
			const known = opened.get(key) ?? openRegistry(settings, key, version);
			opened.set(key, known);
			return known;
		},
		reach: async ({domain}) => {
			const hasProxy = ['http_proxy', 'https_proxy'].some(name => (process.env[name] || process.env[name.toUpperCase()] || '') !== '');
			if (isInsecure || settings.nerdctl.insecure_registry === true || hasProxy) return undefined;
			// Not through the index, which loads what speaks HTTP.
			const [{openCredentials}, {openHosts}] = await Promise.all([import('../clients/registry/credentials.ts'), import('../clients/registry/hosts.ts')]);
			const [endpoint, ...others] = await openHosts({dirs: settings.hostsDirs.value, insecureRegistry: false}).find(domain);
			// Mirrors, certificates and headers are set up on our side: only our client knows them.
			const isPlain = endpoint !== undefined && others.length === 0 && Object.keys(endpoint.headers).length === 0 && endpoint.tls.ca.length === 0 && endpoint.tls.client === undefined && !endpoint.tls.skipVerify;
			if (!isPlain || endpoint.mirrorOf !== undefined) return undefined;
			const credentials = openCredentials({env: process.env, home: homedir()});
			return {
				...(endpoint.base.startsWith('http:') ? {plainHttp: true} : {}),
				credentials: async () => {
					const found = await credentials.find(domain);
					if (found === undefined) return undefined;
					return found.kind === 'basic' ? {username: found.username, password: found.password} : {identityToken: found.token};
				},
			};
		},
	};
};

/** The same at once, opened by its first call. */
export const openRegistries = (settings: Settings, isInsecure: boolean, version: string): RegistriesService => {
	let opened: Promise<RegistriesService> | undefined;
	const load = async (): Promise<RegistriesService> => {
		const [registry, {openCredentials}, {createRegistries}] = await Promise.all([
			openRegistry(settings, isInsecure, version),
			import('../clients/registry/index.ts'),
			import('../services/registries/index.ts'),
		]);
		return createRegistries({registry, credentials: openCredentials({env: process.env, home: homedir()})});
	};
	const open = (): Promise<RegistriesService> => {
		opened ??= load();
		return opened;
	};
	return {
		known: async (...call) => (await open()).known(...call),
		login: async (...call) => (await open()).login(...call),
		logout: async (...call) => (await open()).logout(...call),
		search: async (...call) => (await open()).search(...call),
	};
};

import {homedir} from 'node:os';
import process from 'node:process';
import type {RegistryClient} from '../clients/registry/index.ts';
import type {Settings} from '../config/index.ts';
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

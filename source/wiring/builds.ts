import {homedir} from 'node:os';
import process from 'node:process';
import type {Containerd} from '../clients/containerd/types.ts';
import type {BuildsService} from '../services/builds/index.ts';
import type {ImagesService} from '../services/images/types.ts';

/** Loaded by its first call: most verbs build nothing. */
export const openBuilds = (daemon: {readonly containerd: Containerd; readonly images: ImagesService}): BuildsService => {
	let opened: Promise<BuildsService> | undefined;
	const load = async (): Promise<BuildsService> => {
		// The credentials not through the index, which loads what speaks HTTP.
		const [{createBuilds}, {openCredentials}] = await Promise.all([import('../services/builds/index.ts'), import('../clients/registry/credentials.ts')]);
		return createBuilds({...daemon, credentials: openCredentials({env: process.env, home: homedir()})});
	};
	const open = async (): Promise<BuildsService> => {
		opened ??= load();
		return opened;
	};
	return {
		find: async (...call) => (await open()).find(...call),
		build: async (...call) => (await open()).build(...call),
		workers: async (...call) => (await open()).workers(...call),
		cache: async (...call) => (await open()).cache(...call),
		prune: async (...call) => (await open()).prune(...call),
	};
};

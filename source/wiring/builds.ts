import {homedir} from 'node:os';
import process from 'node:process';
import type {Containerd} from '../clients/containerd/types.ts';
import type {BuildRunsService} from '../services/build-runs/types.ts';
import type {BuildsService} from '../services/builds/index.ts';
import type {ImagesService} from '../services/images/types.ts';
import type {RegistryAccess} from './registries.ts';

type BuildsDaemon = {readonly containerd: Containerd; readonly images: ImagesService; readonly openRegistry: RegistryAccess['openRegistry'] | undefined};

/** Loaded by its first call: most verbs build nothing. */
export const openBuilds = ({openRegistry, ...daemon}: BuildsDaemon): BuildsService => {
	let opened: Promise<BuildsService> | undefined;
	const load = async (): Promise<BuildsService> => {
		// The credentials not through the index, which loads what speaks HTTP.
		const [{createBuilds}, {openCredentials}] = await Promise.all([import('../services/builds/index.ts'), import('../clients/registry/credentials.ts')]);
		return createBuilds({
			...{containerd: daemon.containerd, images: daemon.images, credentials: openCredentials({env: process.env, home: homedir()})},
			...(openRegistry === undefined ? {} : {fetchToken: async (...call) => (await openRegistry()).fetchToken(...call)}),
		});
	};
	const open = async (): Promise<BuildsService> => {
		opened ??= load();
		return opened;
	};
	return {
		find: async (...call) => (await open()).find(...call),
		build: async (...call) => (await open()).build(...call),
		follow: async (...call) => (await open()).follow(...call),
		history: async (...call) => (await open()).history(...call),
		forget: async (...call) => (await open()).forget(...call),
		workers: async (...call) => (await open()).workers(...call),
		cache: async (...call) => (await open()).cache(...call),
		prune: async (...call) => (await open()).prune(...call),
	};
};

/** Loaded by its first call, as the builds themselves. */
export const openBuildRuns = (stateDirectory: string, builds: () => BuildsService): BuildRunsService => {
	let opened: Promise<BuildRunsService> | undefined;
	let here: BuildRunsService | undefined;
	const load = async (): Promise<BuildRunsService> => {
		const {createBuildRuns} = await import('../services/build-runs/index.ts');
		here = createBuildRuns({stateDirectory, builds});
		return here;
	};
	const open = async (): Promise<BuildRunsService> => {
		opened ??= load();
		return opened;
	};
	return {
		list: async () => (await open()).list(),
		watch(onChange) {
			let stop: (() => void) | undefined;
			let isStopped = false;
			void open().then((runs) => {
				if (!isStopped) stop = runs.watch(onChange);
			});
			return () => {
				isStopped = true;
				stop?.();
			};
		},
		build: async (...call) => (await open()).build(...call),
		cancel: (id) => here?.cancel(id) ?? false,
		interrupt: async (run) => (await open()).interrupt(run),
		open: async (...call) => (await open()).open(...call),
		forget: async (id) => (await open()).forget(id),
	};
};

import {homedir} from 'node:os';
import process from 'node:process';
import {Writable} from 'node:stream';
import {setTimeout as sleep} from 'node:timers/promises';
import type {CreateRequest} from '../model/create-request.ts';
import type {ComposeAccess} from '../services/compose/types.ts';
import type {Daemon} from './daemon.ts';

export type ComposeWiring = {
	readonly daemon: Daemon;
	readonly dataRoot: string;
	readonly snapshotter: string;
	readonly cgroupManager: () => CreateRequest['cgroupManager'];
	readonly env: Readonly<Record<string, string | undefined>>;
	/** Where the person stands. */
	readonly cwd: string;
};

const nowhere = (): Writable => new Writable({write: (_chunk, _encoding, done) => done()});

/** Compose for the dashboard: who never opens its pane loads none of it. */
export const openComposeAccess = ({daemon, dataRoot, snapshotter, cgroupManager, env, cwd}: ComposeWiring): ComposeAccess => {
	const home = env['HOME'] ?? homedir();
	const load = async () => import('../services/compose/index.ts');
	return {
		read: async (source, call) => (await load()).readSource({env, home}, source, call),
		around: async () => (await load()).sourceAround(env, cwd),
		sourceAt: async (typed) => (await load()).sourceAt(typed, {cwd, home}),
		complete: async (typed) => (await load()).completePath(typed, {cwd, home}),
		at: async (namespace) => {
			const [{createCompose}, {openBuilds}] = await Promise.all([load(), import('./builds.ts')]);
			const builds = openBuilds(daemon);
			const uid = process.geteuid?.() ?? 0;
			return createCompose({
				address: daemon.address,
				dataRoot,
				place: {namespace, snapshotter, cgroupManager: cgroupManager()},
				containerd: daemon.containerd,
				containers: daemon.containers,
				images: daemon.images,
				networks: daemon.networks,
				volumes: daemon.volumes,
				build: async (request, call) => {
					const address = await builds.find({said: env['BUILDKIT_HOST'], namespace, isRootless: uid !== 0, runtimeDir: env['XDG_RUNTIME_DIR'], uid}, call);
					await builds.build({...request, address, stdout: nowhere()}, call);
				},
				sleep: async (milliseconds, signal) => {
					await sleep(milliseconds, undefined, {signal});
				},
			});
		},
	};
};

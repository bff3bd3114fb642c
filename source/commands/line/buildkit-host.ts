import process from 'node:process';
import type {Surroundings} from './types.ts';

export const hostFlag = {
	buildkitHost: {type: 'string', placeholder: 'ADDRESS', help: "Where BuildKit is: unix://, tcp://, or docker:// and a dockerd's socket"},
} as const;

type Asking = Pick<Surroundings, 'env' | 'signal'> & {readonly services: Pick<Surroundings['services'], 'builds'>; readonly global: Pick<Surroundings['global'], 'namespace'>};

/** nerdctl's order: the flag, the variable, then the sockets for the namespace, for all, and of old. */
export const findBuildkit = async ({services, global, env, signal}: Asking, said: string | undefined): Promise<string> => {
	const uid = process.geteuid?.() ?? 0;
	return services.builds.find(
		{said: said || env['BUILDKIT_HOST'], namespace: global.namespace, isRootless: uid !== 0, runtimeDir: env['XDG_RUNTIME_DIR'], uid},
		{signal},
	);
};

import {createBuildkit} from '../../clients/buildkit/index.ts';
import {build, type BuildDependencies} from './build.ts';
import {find} from './find.ts';
import {history} from './history.ts';
import type {BuildsService} from './types.ts';

export {troubleOf} from '../../clients/buildkit/index.ts';
export type * from './types.ts';

/** One answer of the daemon at an address. */
const asking = async <Answer>(address: string, ask: (buildkit: ReturnType<typeof createBuildkit>) => Promise<Answer>): Promise<Answer> => {
	const buildkit = createBuildkit(address);
	try {
		return await ask(buildkit);
	} finally {
		buildkit.close();
	}
};

export const createBuilds = (dependencies: BuildDependencies): BuildsService => ({
	find,
	build: (request, call) => build(dependencies, request, call),
	follow: async (address, ref, {signal, onStatus}) =>
		asking(address, async buildkit => {
			for await (const status of buildkit.status(ref, {signal})) onStatus(status);
		}),
	history: async (address, call) => asking(address, async buildkit => history(buildkit, call)),
	forget: async (address, ref, call) => asking(address, async buildkit => buildkit.forget(ref, call)),
	workers: async (address, call) => asking(address, async buildkit => buildkit.workers(call)),
	cache: async (address, call) => asking(address, async buildkit => buildkit.diskUsage(call)),
	prune: async (address, limits, call) =>
		asking(address, async buildkit => {
			const records = [];
			for await (const record of buildkit.prune(limits, call)) records.push(record);
			return records;
		}),
});

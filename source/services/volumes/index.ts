import {directorySize} from '../../clients/host/index.ts';
import {failing} from '../../errors.ts';
import {fillVolumes} from './copy-up.ts';
import {create} from './create.ts';
import type {VolumesDependencies} from './dependencies.ts';
import {filesOf} from './files.ts';
import {get, list} from './list.ts';
import {prune, remove} from './remove.ts';
import {resolveMounts} from './resolve-mounts.ts';
import type {VolumesService} from './types.ts';
import {users} from './users.ts';

export type {VolumesDependencies} from './dependencies.ts';
export {prune as pruneVolumes} from './remove.ts';
export type {MountsRequest, ResolvedMounts, Volume, VolumesService} from './types.ts';

export const createVolumes = (dependencies: VolumesDependencies): VolumesService => ({
	list: namespace => list(dependencies, namespace),
	watch: (namespace, onChange) => dependencies.host.watchVolumes(namespace, onChange),
	get: (namespace, name) => get(dependencies, namespace, name),
	create: (namespace, volume, options) => create(dependencies, namespace, volume, options),
	remove: (namespace, name, options) => remove(dependencies, namespace, name, options),
	prune: (namespace, options) => prune(dependencies, namespace, options),
	size: async ({name, path}, options) => {
		try {
			return await directorySize(path, 'lengths', options?.signal);
		} catch (error) {
			throw failing(`measure volume ${name}`, error);
		}
	},
	files: (volume, options) => filesOf(volume, options),
	users: (namespace, options) => users(dependencies, namespace, options),
	copyUp: (volume, {imagePath, ...from}, options) => fillVolumes(dependencies, from, [{volume, imagePath}], options),
	resolveMounts: (request, options) => resolveMounts(dependencies, request, options),
});

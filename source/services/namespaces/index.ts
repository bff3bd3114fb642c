import {failing} from '../../errors.ts';
import {inspect} from './inspect.ts';
import {type RemoveDependencies, remove} from './remove.ts';
import type {NamespacesService} from './types.ts';
import {create, update} from './write.ts';

export {contentsOf} from './remove.ts';
export type {NamespaceDetails, NamespaceSignal, NamespacesService} from './types.ts';

export const createNamespaces = (dependencies: RemoveDependencies): NamespacesService => ({
	list: async options => {
		try {
			return await dependencies.containerd.namespaces.list(options);
		} catch (error) {
			throw failing('list the namespaces', error);
		}
	},
	create: (name, options) => create(dependencies, name, options),
	inspect: (name, options) => inspect(dependencies, name, options),
	update: (name, labels, options) => update(dependencies, name, labels, options),
	remove: (name, options) => remove(dependencies, name, options),
});

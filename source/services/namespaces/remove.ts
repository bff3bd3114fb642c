import {Failure, failing} from '../../errors.ts';
import {type InspectDependencies, inspect} from './inspect.ts';
import type {NamespaceSignal} from './types.ts';

/** The daemon refuses a namespace that is not empty too, but does not say how much is in it; and it knows nothing of volumes. */
export const remove = async (dependencies: InspectDependencies, name: string, options: NamespaceSignal = {}): Promise<void> => {
	try {
		const {containers, images, snapshots, volumes} = await inspect(dependencies, name, options);
		const inside = [
			counted(containers, 'container'),
			counted(images, 'image'),
			counted(snapshots, 'snapshot'),
			counted(volumes, 'volume'),
		].filter(text => text !== undefined);
		if (inside.length > 0) throw new Failure('conflict', `it holds ${inside.join(', ')}`, {hint: 'remove these first'});
		await dependencies.containerd.namespaces.remove(name, options);
	} catch (error) {
		throw failing(`remove namespace ${name}`, error);
	}
};

const counted = (count: number, noun: string): string | undefined =>
	count === 0 ? undefined : `${count} ${noun}${count === 1 ? '' : 's'}`;

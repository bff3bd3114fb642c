import type {Containerd} from '../../clients/containerd/types.ts';
import type {Host} from '../../clients/host/types.ts';
import {failing, isFailure} from '../../errors.ts';
import {createSnapshots} from '../snapshots/index.ts';
import type {NamespaceDetails, NamespaceSignal} from './types.ts';

export type InspectDependencies = {
	readonly containerd: Pick<Containerd, 'namespaces' | 'containers' | 'images' | 'snapshots' | 'plugins'>;
	/** Volumes are nerdctl's, not containerd's: without a host there are none to count. */
	readonly host?: Pick<Host, 'volumes'>;
};

export const inspect = async (
	dependencies: InspectDependencies,
	name: string,
	options: NamespaceSignal = {},
): Promise<NamespaceDetails> => {
	const {containerd, host} = dependencies;
	try {
		const [namespace, containers, images, snapshots, volumes] = await Promise.all([
			containerd.namespaces.get(name, options),
			count(containerd.containers.list(name, options)),
			containerd.images.list(name, options),
			countSnapshots(dependencies, name, options),
			host === undefined ? [] : host.volumes(name),
		]);
		return {namespace, containers, images: images.length, snapshots, volumes: volumes.length};
	} catch (error) {
		throw failing(`inspect namespace ${name}`, error);
	}
};

const count = async (batches: AsyncIterable<readonly unknown[]>): Promise<number> => {
	let total = 0;
	for await (const batch of batches) total += batch.length;
	return total;
};

/** A snapshotter that does not answer hides its snapshots, not the namespace. */
const countSnapshots = async ({containerd}: InspectDependencies, name: string, options: NamespaceSignal): Promise<number> => {
	const healthy = (await createSnapshots({containerd}).snapshotters(options)).filter(({health}) => health === 'ok');
	const counts = await Promise.all(
		healthy.map(async snapshotter => {
			try {
				return await count(containerd.snapshots.list(name, snapshotter.name, options));
			} catch (error) {
				if (isFailure(error)) return 0;
				throw error;
			}
		}),
	);
	return counts.reduce((sum, each) => sum + each, 0);
};

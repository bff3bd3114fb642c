import type {Containerd, Transfer} from '../../clients/containerd/types.ts';
import type {ImageSummary} from '../../model/image.ts';
import type {RegistryClient} from '../../clients/registry/types.ts';
import {Failure} from '../../errors.ts';
import {load} from './archive/load.ts';
import {save} from './archive/save.ts';
import type {UsageCache} from './chain.ts';
import {ensure} from './ensure.ts';
import {find} from './find.ts';
import {sweepPartial} from './ingest/partial.ts';
import {inspect} from './inspect.ts';
import {createManifestLists} from './manifest-list/index.ts';
import {prune} from './prune.ts';
import {pull} from './pull/pull.ts';
import type {Reach} from './pull/transfer.ts';
import {push} from './push/push.ts';
import {latest, remoteTags} from './remote.ts';
import {remove} from './remove.ts';
import {commit} from './rewrite/commit.ts';
import {convert} from './rewrite/convert.ts';
import {importTar} from './rewrite/import.ts';
import {summarize} from './summarize.ts';
import {tag} from './tag.ts';
import type {ImagesService} from './types.ts';

export {chainIds} from './chain.ts';
export {isPartial} from './ingest/gc-labels.ts';
export {isAbandoned} from './ingest/lease.ts';
export {isDangling} from './prune.ts';
export type {Reach} from './pull/transfer.ts';
export type {CallSignal, HistoryEntry, ImageDetails, ImagesService, PlatformImage} from './types.ts';

export type ImagesDependencies = {
	readonly containerd: Pick<Containerd, 'images' | 'content' | 'snapshots' | 'containers' | 'tasks' | 'leases' | 'diff'> & {
		readonly transfer?: Transfer;
	};
	/** Opened by the first verb that needs one: what speaks HTTP takes its time to load. */
	readonly openRegistry?: (isInsecure?: boolean) => Promise<RegistryClient>;
	/** How containerd itself gets to a registry; without it nothing is pulled by the daemon. */
	readonly reach?: Reach;
	/** nerdctl's: the manifest lists that were not pushed yet are under it. */
	readonly dataRoot?: string;
};

const noRegistry = async (): Promise<RegistryClient> => {
	throw new Failure('unsupported', 'There is no registry client here');
};

export const createImages = ({containerd, openRegistry = noRegistry, reach, dataRoot}: ImagesDependencies): ImagesService => {
	const usages: UsageCache = new Map();
	const dependencies = {containerd, usages, openRegistry, reach};
	// Content never changes, but what of it is here does: an image record's update time tells when it was pulled again.
	const summaries = new Map<string, Promise<ImageSummary>>();
	return {
		summarize: async (image, {signal, snapshotter}) => {
			signal?.throwIfAborted();
			const key = [image.namespace, image.target.digest, image.updatedAt, snapshotter].join(' ');
			let asked = summaries.get(key);
			if (asked === undefined) {
				// Without the signal: others may be waiting for the same answer.
				asked = summarize(dependencies, image, {snapshotter});
				summaries.set(key, asked);
				asked.then(
					// One that is not unpacked now may be in a moment.
					summary => summary.unpackedBytes === undefined && summaries.delete(key),
					() => summaries.delete(key),
				);
			}
			return asked;
		},
		inspect: (image, options) => inspect(dependencies, image, options),
		find: (namespace, reference, options) => find(dependencies, namespace, reference, options),
		tag: (image, target, options) => tag(dependencies, image, target, options),
		remove: (image, options) => remove(dependencies, image, options),
		pull: (request, call) => pull(dependencies, request, call),
		ensure: (request, call) => ensure(dependencies, request, call),
		latest: (image, options) => latest(dependencies, image, options),
		remoteTags: (repository, options) => remoteTags(dependencies, repository, options),
		load: (request, call) => load(dependencies, request, call),
		import: (request, call) => importTar(dependencies, request, call),
		commit: (request, call) => commit(dependencies, request, call),
		convert: (request, call) => convert(dependencies, request, call),
		manifestLists: createManifestLists({openRegistry, dataRoot}),
		save: (request, call) => save(dependencies, request, call),
		push: (request, call) => push(dependencies, request, call),
		forgetPartial: (namespace, options) => sweepPartial(dependencies, namespace, options),
		prune: (namespace, options) => prune(dependencies, namespace, options),
	};
};

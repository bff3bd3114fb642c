import {sha256Hex} from '../../model/sha256.ts';
import type {Snapshots} from '../../clients/containerd/types.ts';
import {isFailure} from '../../errors.ts';
import {mapSeveral} from './manifests.ts';

/** OCI image-spec, "Layer ChainID": the first is its own diff id, each further one hashes what is below with itself. Snapshots are named by it. */
export const chainIds = (diffIds: readonly string[]): string[] => {
	const chain: string[] = [];
	for (const diffId of diffIds) {
		const below = chain.at(-1);
		chain.push(below === undefined ? diffId : `sha256:${sha256Hex(`${below} ${diffId}`)}`);
	}
	return chain;
};

/** Committed snapshots never change, so what they use is asked once per snapshotter. */
export type UsageCache = Map<string, Promise<number>>;

export type ReadsUsage = {readonly containerd: {readonly snapshots: Pick<Snapshots, 'usage'>}; readonly usages: UsageCache};

/** Bytes of each snapshot, undefined where there is none. */
export const usageOf = async (
	{containerd, usages}: ReadsUsage,
	namespace: string,
	snapshotter: string,
	keys: readonly string[],
	{signal}: {readonly signal?: AbortSignal},
): Promise<Array<number | undefined>> =>
	mapSeveral(keys, async key => {
		signal?.throwIfAborted();
		const cacheKey = `${namespace} ${snapshotter} ${key}`;
		let asked = usages.get(cacheKey);
		if (asked === undefined) {
			// Without the signal: others may be waiting for the same answer.
			asked = containerd.snapshots.usage(namespace, snapshotter, key).then(usage => usage.sizeBytes);
			usages.set(cacheKey, asked);
		}
		try {
			return await asked;
		} catch (error) {
			usages.delete(cacheKey);
			if (isFailure(error, 'not-found')) return undefined;
			throw error;
		}
	});

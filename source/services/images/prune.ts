import type {Images} from '../../clients/containerd/types.ts';
import {isAbort, type Outcome} from '../../errors.ts';
import {type RemoveDependencies, remove} from './remove.ts';
import type {CallSignal} from './types.ts';

/**
A name that nobody gave: what a build without a tag (`<none>@sha256:…`, `overlayfs@sha256:…`) or a forced removal (`:`) leaves. A stored name with
a registry in it was asked for by somebody, be it by digest, and the kubelet's `sha256:…` names are its bookkeeping: neither is ours to prune.
*/
export const isDangling = (name: string): boolean => name === ':' || /^[^/]+@[a-z0-9]+:[0-9a-f]{32,}$/.test(name);

export const prune = async (
	dependencies: RemoveDependencies & {readonly containerd: {readonly images: Pick<Images, 'list'>}},
	namespace: string,
	{all = false, signal}: CallSignal & {readonly all?: boolean} = {},
): Promise<Outcome<string>> => {
	const {containerd} = dependencies;
	const calling = signal === undefined ? {} : {signal};
	const used = new Set<string>();
	for await (const batch of containerd.containers.list(namespace, calling)) for (const {image} of batch) used.add(image);
	const images = await containerd.images.list(namespace, calling);
	const done: string[] = [];
	const failed: Array<{readonly id: string; readonly error: unknown}> = [];
	for (const image of images) {
		if (used.has(image.name) || !(all || isDangling(image.name))) continue;
		try {
			await remove(dependencies, image, calling);
			done.push(image.name);
		} catch (error) {
			if (isAbort(error)) throw error;
			failed.push({id: image.name, error});
		}
	}
	return {done, failed};
};

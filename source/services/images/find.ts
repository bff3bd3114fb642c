import type {Images} from '../../clients/containerd/types.ts';
import {failing} from '../../errors.ts';
import type {Image} from '../../model/image.ts';
import {findReference, formatReference} from '../../model/reference.ts';
import type {CallSignal} from './types.ts';

/**
nerdctl's lookup: the normalized name, the name as it is stored, or the start of the target's digest. Several images may answer; the caller decides what that means.
An exact name stands for itself even when an id starts alike.
*/
export const find = async (
	{containerd}: {readonly containerd: {readonly images: Pick<Images, 'list'>}},
	namespace: string,
	reference: string,
	options: CallSignal = {},
): Promise<readonly Image[]> => {
	try {
		const parsed = findReference(reference);
		const names = new Set([reference, ...(parsed === undefined ? [] : [formatReference(parsed)])]);
		const filters = [...names].map(name => `name==${JSON.stringify(name)}`);
		const digest = /^(?:sha256:)?([0-9a-f]+)$/.exec(reference)?.[1];
		// The kubelet's images have a record more, named by the digest of the config: the id that crictl shows.
		if (digest !== undefined) filters.push(...['target.digest', 'name'].map(field => `${field}~=${JSON.stringify(`^sha256:${digest}`)}`));
		const found = await containerd.images.list(namespace, {...options, filters});
		const named = found.filter(image => names.has(image.name));
		return named.length > 0 ? named : found;
	} catch (error) {
		throw failing(`find ${reference}`, error);
	}
};

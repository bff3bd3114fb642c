import type {Images} from '../../../clients/containerd/types.ts';
import {isFailure} from '../../../errors.ts';
import type {Descriptor, Image} from '../../../model/image.ts';

/** The name comes last, when all that it leads to is here. One that named something else is moved; its labels stay, they are somebody's. */
export const writeRecord = async (
	{containerd}: {readonly containerd: {readonly images: Pick<Images, 'create' | 'update'>}},
	namespace: string,
	name: string,
	target: Descriptor,
	options: {readonly signal?: AbortSignal; readonly lease?: string},
): Promise<Image> => {
	const now = Date.now();
	const {mediaType, digest, sizeBytes} = target;
	const image = {namespace, name, labels: {}, target: {mediaType, digest, sizeBytes, annotations: {}}, createdAt: now, updatedAt: now};
	for (;;) {
		try {
			return await containerd.images.create(image, options);
		} catch (error) {
			if (!isFailure(error, 'already-exists')) throw error;
		}
		try {
			return await containerd.images.update(image, ['target'], options);
		} catch (error) {
			// Removed in between: it is made anew.
			if (!isFailure(error, 'not-found')) throw error;
		}
	}
};

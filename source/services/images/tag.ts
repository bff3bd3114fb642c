import type {Images} from '../../clients/containerd/types.ts';
import {failing, isFailure} from '../../errors.ts';
import type {Image} from '../../model/image.ts';
import {formatReference, parseReference} from '../../model/reference.ts';
import type {CallSignal} from './types.ts';

/** A further name for the same content; one that names something else already is moved, as everywhere. */
export const tag = async (
	{containerd}: {readonly containerd: {readonly images: Pick<Images, 'create' | 'update'>}},
	image: Image,
	target: string,
	options: CallSignal = {},
): Promise<Image> => {
	try {
		const now = Date.now();
		const tagged = {...image, name: formatReference(parseReference(target)), createdAt: now, updatedAt: now};
		try {
			return await containerd.images.create(tagged, options);
		} catch (error) {
			if (!isFailure(error, 'already-exists')) throw error;
			return await containerd.images.update(tagged, ['target', 'labels'], options);
		}
	} catch (error) {
		throw failing(`tag ${image.name} as ${target}`, error);
	}
};

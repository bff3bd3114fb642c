import {Failure} from '../../errors.ts';
import {defineLine} from './types.ts';

export const tag = defineLine({
	verbs: ['tag', 'image tag'],
	summary: 'Give an image a further name',
	usage: 'SOURCE_IMAGE[:TAG] TARGET_IMAGE[:TAG]',
	arity: {least: 2, most: 2},
	flags: {},
	async run({services, global, signal, args}) {
		const [source = '', target = ''] = args;
		const found = await services.images.find(global.namespace, source, {signal});
		const [image] = found;
		if (image === undefined) throw new Failure('not-found', `no such image: ${source}`);
		if (new Set(found.map(({target: {digest}}) => digest)).size > 1)
			throw new Failure('conflict', `multiple IDs found with provided prefix: ${source}`);
		await services.images.tag(image, target, {signal});
		return 0;
	},
});

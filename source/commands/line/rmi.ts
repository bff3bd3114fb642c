import {Failure, isFailure} from '../../errors.ts';
import type {Image} from '../../model/image.ts';
import {recordOf, stringsOf} from '../../model/docker-spec.ts';
import {forEachArgument, plainSentence} from './failures.ts';
import {print} from './output.ts';
import {hostPlatform} from './platform.ts';
import {defineLine, type Surroundings} from './types.ts';

/** What docker would have deleted: the image's layers, by the digest of their uncompressed bytes. Empty when its config can't be read. */
const layersOf = async ({services, global, signal}: Surroundings, image: Image): Promise<readonly string[]> => {
	try {
		const {platforms} = await services.images.inspect(image, {signal, snapshotter: global.snapshotter});
		return stringsOf(recordOf(recordOf(hostPlatform(platforms)?.configJson)['rootfs'])['diff_ids']);
	} catch (error) {
		if (isFailure(error, 'not-found')) return [];
		throw error;
	}
};

export const rmi = defineLine({
	verbs: ['rmi', 'image rm', 'image remove'],
	summary: 'Remove one or more images',
	usage: '[flags] IMAGE [IMAGE, ...]',
	arity: {least: 1},
	flags: {
		async: {type: 'boolean', help: "Don't wait until the content is collected"},
		force: {type: 'boolean', shortFlag: 'f', help: 'Force removal of the image'},
	},
	refused: {'no-prune': 'content goes with its last name'},
	run: context =>
		forEachArgument(context.args, context, async argument => {
			const {services, global, signal, flags, stderr} = context;
			const found = await services.images.find(global.namespace, argument, {signal});
			if (found.length === 0) {
				const missing = new Failure('not-found', `no such image: ${argument}`);
				if (!flags.force) throw missing;
				stderr.write(`${plainSentence(missing)}\n`);
				return;
			}
			const isOne = new Set(found.map(({target}) => target.digest)).size === 1;
			if (found.length > 1 && !(flags.force && isOne))
				throw new Failure('conflict', `multiple IDs found with provided prefix: ${argument}`, {
					hint: isOne ? 'use --force to remove all its names' : 'give more of the id',
				});
			for (const image of found) {
				const layers = await layersOf(context, image);
				await services.images.remove(image, {signal, force: flags.force, async: flags.async});
				await print(
					context,
					[`Untagged: ${image.name}@${image.target.digest}`, ...layers.map(layer => `Deleted: ${layer}`)].map(line => `${line}\n`).join(''),
				);
			}
		}),
});

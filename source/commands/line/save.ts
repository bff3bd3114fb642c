import {resolve} from 'node:path';
import {Failure} from '../../errors.ts';
import type {Image} from '../../model/image.ts';
import {platformFlags, wantedPlatforms} from './platform-flag.ts';
import {withProgress} from './progress-view.ts';
import {defineLine, type Surroundings} from './types.ts';

/** One image each: by its name, or by an id, where any of its names will do. */
export const findOne = async ({services, global, signal}: Surroundings, argument: string): Promise<Image> => {
	const found = await services.images.find(global.namespace, argument, {signal});
	const [image] = found;
	if (image === undefined) throw new Failure('not-found', `no such image: ${argument}`);
	if (new Set(found.map(({target}) => target.digest)).size > 1)
		throw new Failure('conflict', `multiple IDs found with provided prefix: ${argument}`, {hint: 'give more of the id'});
	return image;
};

export const save = defineLine({
	verbs: ['save', 'image save'],
	summary: 'Save one or more images to a tar archive (to stdout unless said)',
	usage: '[flags] IMAGE [IMAGE, ...]',
	arity: {least: 1},
	flags: {
		...platformFlags,
		output: {type: 'string', shortFlag: 'o', placeholder: 'FILE', help: 'Write to a file instead of stdout'},
		quiet: {type: 'boolean', shortFlag: 'q', help: 'Show no progress'},
	},
	async run(context) {
		const {services, flags, args, stdout, stderr, terminal} = context;
		if (flags.output === undefined && terminal.isTTY)
			throw new Failure('invalid', 'cowardly refusing to save to a terminal', {hint: 'use the -o flag or redirect'});
		const images: Image[] = [];
		for (const argument of new Set(args)) images.push(await findOne(context, argument));
		const wanted = wantedPlatforms(flags);
		const request = {
			images,
			platforms: wanted === 'all' ? ('present' as const) : wanted,
			output: flags.output === undefined ? stdout : resolve(flags.output),
		};
		await withProgress(args.join(', '), context, {isQuiet: flags.quiet || !terminal.isTTY, to: stderr}, async call =>
			services.images.save(request, call),
		);
		return 0;
	},
});

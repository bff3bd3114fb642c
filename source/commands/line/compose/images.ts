import {Failure} from '../../../errors.ts';
import {threeDigitBytes} from '../../../model/docker-units.ts';
import {repoTag} from '../../../model/reference.ts';
import {inParallel} from '../in-parallel.ts';
import {print, printTable} from '../output.ts';
import {hostPlatform, unpackedBytes} from '../platform.ts';
import {defineLine} from '../types.ts';
import {composeFlags} from './flags.ts';
import {replicas} from './replicas.ts';

const shortDigest = (digest: string): string => digest.slice(digest.indexOf(':') + 1).slice(0, 12);

export const composeImages = defineLine({
	verbs: ['compose images'],
	summary: "List the images that a project's containers were made of",
	usage: '[flags] [SERVICE, ...]',
	arity: {least: 0},
	flags: {
		...composeFlags,
		format: {type: 'string', default: '', placeholder: 'FORMAT', help: 'table or json'},
		quiet: {type: 'boolean', shortFlag: 'q', help: 'Only display image IDs'},
	},
	async run(context) {
		const {services, global, signal, flags, args} = context;
		if (flags.format !== '' && flags.format !== 'table' && flags.format !== 'json') throw new Failure('invalid', `the format ${JSON.stringify(flags.format)} is not known`, {hint: 'use table or json'});
		const {containers} = await replicas(context, flags, args);
		const rows = await inParallel(containers, async container => {
			const {record} = await services.containers.inspect(container, {signal});
			const [image] = await services.images.find(global.namespace, record.image, {signal});
			const {repository, tag} = repoTag(record.image);
			const about = {ContainerName: container.name, Repository: repository || '<none>', Tag: tag || '<none>'};
			// An image that is gone leaves its containers behind, which know its name only.
			if (image === undefined) return {...about, ImageID: '', Size: 0};
			const {platforms} = await services.images.inspect(image, {signal, snapshotter: global.snapshotter});
			const own = hostPlatform(platforms);
			return {...about, ImageID: image.target.digest, Size: own === undefined ? 0 : unpackedBytes(own)};
		});
		if (flags.quiet) await print(context, [...new Set(rows.map(({ImageID}) => ImageID))].flatMap(id => (id === '' ? [] : [`${shortDigest(id)}\n`])).join(''));
		else if (flags.format === 'json') await print(context, `${JSON.stringify(rows.map(row => ({...row, Size: threeDigitBytes(row.Size)})))}\n`);
		else
			await printTable(context, [
				['CONTAINER', 'REPOSITORY', 'TAG', 'IMAGE ID', 'SIZE'],
				...rows.map(({ContainerName, Repository, Tag, ImageID, Size}) => [ContainerName, Repository, Tag, shortDigest(ImageID), threeDigitBytes(Size)]),
			]);
		return 0;
	},
});

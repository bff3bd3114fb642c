import {Failure} from '../../errors.ts';
import {formatReference, parseReference} from '../../model/reference.ts';
import {print} from './output.ts';
import {platformFlags, wantedPlatforms} from './platform-flag.ts';
import {withProgress} from './progress-view.ts';
import {defineLine, type Surroundings} from './types.ts';

/** The local names of a repository, which must be given without a tag. */
const tagsOf = async ({containerd, global, signal}: Surroundings, repository: string): Promise<readonly string[]> => {
	const reference = parseReference(repository);
	const bare = formatReference({...reference, tag: undefined});
	if (reference.digest !== undefined || repository.slice(repository.lastIndexOf('/') + 1).includes(':'))
		throw new Failure('invalid', "tag can't be used with --all-tags/-a");
	const names = (await containerd.images.list(global.namespace, {signal}))
		.map(({name}) => name)
		.filter(name => name.startsWith(`${bare}:`));
	if (names.length === 0) throw new Failure('not-found', `an image does not exist locally with the tag: ${bare}`);
	return names.sort();
};

export const push = defineLine({
	verbs: ['push', 'image push'],
	summary: 'Push an image to a registry',
	usage: '[flags] NAME[:TAG]',
	arity: {least: 1, most: 1},
	flags: {
		...platformFlags,
		allTags: {type: 'boolean', shortFlag: 'a', help: 'Push all local tags of the repository'},
		allowNondistributableArtifacts: {type: 'boolean', help: 'Push layers too that are to be fetched from their maker only'},
		quiet: {type: 'boolean', shortFlag: 'q', help: 'Print the name of the image only'},
	},
	refused: {
		sign: 'sign with cosign or notation after the push',
		estargz: 'convert the image first',
		'ipfs-address': 'IPFS is not spoken here',
		'ipfs-ensure-image': 'IPFS is not spoken here',
		'disable-content-trust': 'there is no content trust here',
		'soci-span-size': 'SOCI indexes are made with soci',
		'soci-min-layer-size': 'SOCI indexes are made with soci',
	},
	async run(context) {
		const {services, global, flags, args} = context;
		const platforms = wantedPlatforms(flags);
		const given = args[0] ?? '';
		const references = flags.allTags ? await tagsOf(context, given) : [given];
		for (const reference of references) {
			const name = formatReference(parseReference(reference));
			const request = {namespace: global.namespace, reference, platforms, allowNondistributable: flags.allowNondistributableArtifacts};
			const {digest} = await withProgress(name, context, {isQuiet: flags.quiet}, async call => services.images.push(request, call));
			await print(context, flags.quiet ? `${name}\n` : `${name}: digest: ${digest}\n`);
		}
		return 0;
	},
});

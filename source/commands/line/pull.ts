import {Failure} from '../../errors.ts';
import {formatReference, parseReference} from '../../model/reference.ts';
import {print} from './output.ts';
import {platformFlags, wantedPlatforms} from './platform-flag.ts';
import {withProgress} from './progress-view.ts';
import {defineLine} from './types.ts';

/** nerdctl's `auto`: only what is for one platform is sure to be for this machine. */
const isUnpacked = (said: string, platforms: ReturnType<typeof wantedPlatforms>): boolean => {
	if (said === 'auto') return platforms !== 'all' && platforms.length === 1;
	if (/^(?:true|1|t)$/i.test(said)) return true;
	if (/^(?:false|0|f)$/i.test(said)) return false;
	throw new Failure('invalid', `--unpack is ${JSON.stringify(said)}`, {hint: 'say auto, true or false'});
};

export const pull = defineLine({
	verbs: ['pull', 'image pull'],
	summary: 'Pull an image from a registry',
	usage: '[flags] NAME[:TAG|@DIGEST]',
	arity: {least: 1, most: 1},
	flags: {
		...platformFlags,
		unpack: {type: 'string', default: 'auto', placeholder: 'WHEN', help: 'Unpack for the snapshotter: auto, true or false'},
		quiet: {type: 'boolean', shortFlag: 'q', help: 'Print the name of the image only'},
	},
	refused: {
		'all-tags': 'name the tags one by one',
		'disable-content-trust': 'there is no content trust here',
		verify: 'verify signatures with cosign before pulling by digest',
		'cosign-key': 'verify signatures with cosign before pulling by digest',
		'ipfs-address': 'IPFS is not spoken here',
		'soci-index-digest': 'the SOCI snapshotter finds its index by itself',
	},
	async run(context) {
		const {services, global, flags, args} = context;
		const reference = args[0] ?? '';
		const platforms = wantedPlatforms(flags);
		const name = formatReference(parseReference(reference));
		const request = {
			...{namespace: global.namespace, reference, platforms, snapshotter: global.snapshotter},
			unpack: isUnpacked(flags.unpack, platforms),
		};
		await withProgress(name, context, {isQuiet: flags.quiet}, async call => services.images.pull(request, call));
		if (flags.quiet || !context.terminal.isTTY) await print(context, `${name}\n`);
		return 0;
	},
});

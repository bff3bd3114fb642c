import {Failure} from '../../errors.ts';
import {print} from './output.ts';
import {platformFlags, wantedPlatforms} from './platform-flag.ts';
import {withProgress} from './progress-view.ts';
import {findOne} from './save.ts';
import {defineLine} from './types.ts';

const lazily = 'images for lazy pulling are not made here yet';

export const convert = defineLine({
	verbs: ['image convert'],
	summary: 'Convert an image: its documents, or how its layers are packed',
	usage: '[flags] SOURCE_REF TARGET_REF',
	arity: {least: 2, most: 2},
	flags: {
		...platformFlags,
		oci: {type: 'boolean', help: "Convert Docker's media types to OCI's"},
		docker: {type: 'boolean', help: "Convert OCI's media types to Docker's"},
		zstd: {type: 'boolean', help: 'Pack the layers with zstd'},
		zstdCompressionLevel: {type: 'number', default: 3, placeholder: 'N', help: 'zstd compression level'},
		gzip: {type: 'boolean', help: 'Pack the layers with gzip'},
		uncompress: {type: 'boolean', help: 'Do not pack the layers'},
	},
	refused: {
		estargz: lazily,
		zstdchunked: lazily,
		nydus: lazily,
		overlaybd: lazily,
		soci: lazily,
		erofs: lazily,
		format: 'the name and digest are what is printed',
	},
	async run(context) {
		const {services, flags, args, stderr, terminal} = context;
		const [source = '', reference = ''] = args;
		const packings = [
			...(flags.zstd ? (['zstd'] as const) : []),
			...(flags.gzip ? (['gzip'] as const) : []),
			...(flags.uncompress ? (['none'] as const) : []),
		];
		if (packings.length > 1) throw new Failure('invalid', 'only one of --zstd, --gzip and --uncompress can be used');
		if (flags.oci && flags.docker) throw new Failure('invalid', 'only one of --oci and --docker can be used');
		const image = await findOne(context, source);
		const [compression] = packings;
		const request = {
			...{image, reference, platforms: wantedPlatforms(flags), compression},
			family: flags.oci ? ('oci' as const) : flags.docker ? ('docker' as const) : undefined,
			level: compression === 'zstd' ? flags.zstdCompressionLevel : undefined,
		};
		const {name, target} = await withProgress(source, context, {isQuiet: !terminal.isTTY, to: stderr}, async call =>
			services.images.convert(request, call),
		);
		await print(context, `${name}@${target.digest}\n`);
		return 0;
	},
});

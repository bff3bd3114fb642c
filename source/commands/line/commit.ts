import {Failure} from '../../errors.ts';
import {print} from './output.ts';
import {defineLine} from './types.ts';
import {withProgress} from './progress-view.ts';

const choice = <Word extends string>(flag: string, said: string, words: readonly Word[]): Word => {
	const word = words.find(one => one === said);
	if (word === undefined) throw new Failure('invalid', `--${flag} is ${JSON.stringify(said)}`, {hint: `say ${words.join(' or ')}`});
	return word;
};

export const commit = defineLine({
	verbs: ['commit', 'container commit'],
	summary: "Create a new image from a container's changes",
	usage: '[flags] CONTAINER REPOSITORY[:TAG]',
	arity: {least: 2, most: 2},
	flags: {
		author: {type: 'string', shortFlag: 'a', default: '', placeholder: 'NAME', help: 'Author, as in "Ada <ada@example.com>"'},
		change: {
			type: 'string',
			shortFlag: 'c',
			isMultiple: true,
			placeholder: 'LINE',
			help: 'Apply a line of a Dockerfile to the image, as in CMD ["sh"]',
		},
		compression: {type: 'string', default: 'gzip', placeholder: 'NAME', help: 'How the layer is packed: gzip or zstd'},
		format: {type: 'string', default: 'docker', placeholder: 'NAME', help: 'The documents of the image: docker or oci'},
		message: {type: 'string', shortFlag: 'm', default: '', placeholder: 'TEXT', help: 'Commit message'},
		pause: {type: 'boolean', shortFlag: 'p', default: true, help: 'Pause the container during commit'},
	},
	refused: {estargz: 'convert the image afterwards', zstdchunked: 'convert the image afterwards'},
	async run(context) {
		const {services, global, flags, args, signal, stderr, terminal} = context;
		const [query = '', reference = ''] = args;
		const container = await services.containers.find(global.namespace, query, {signal});
		const request = {
			...{container, reference, author: flags.author, message: flags.message, changes: flags.change, pause: flags.pause},
			compression: choice('compression', flags.compression, ['gzip', 'zstd']),
			family: choice('format', flags.format, ['docker', 'oci']),
		};
		const {configDigest} = await withProgress(reference, context, {isQuiet: !terminal.isTTY, to: stderr}, async call =>
			services.images.commit(request, call),
		);
		await print(context, `${configDigest}\n`);
		return 0;
	},
});

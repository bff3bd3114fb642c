import {arch} from 'node:process';
import {Failure} from '../../errors.ts';
import {machinePlatform, parsePlatform} from '../../model/platform.ts';
import {inputOf} from './load.ts';
import {print} from './output.ts';
import {withProgress} from './progress-view.ts';
import {defineLine} from './types.ts';

async function* download(url: string, signal: AbortSignal): AsyncGenerator<Uint8Array> {
	const answer = await fetch(url, {signal}).catch((error: unknown) => {
		signal.throwIfAborted();
		const cause = (error as {cause?: unknown}).cause ?? error;
		throw new Failure('unavailable', `${url} can not be reached${cause instanceof Error ? `: ${cause.message}` : ''}`, {cause: error});
	});
	if (!answer.ok || answer.body === null) throw new Failure('not-found', `${url} answers ${answer.status} ${answer.statusText}`.trimEnd());
	yield* answer.body as unknown as AsyncIterable<Uint8Array>;
}

export const importLine = defineLine({
	verbs: ['import', 'image import'],
	summary: 'Import a file system from a tar archive to create an image',
	usage: '[flags] FILE|URL|- [REPOSITORY[:TAG]]',
	arity: {least: 1, most: 2},
	flags: {
		message: {type: 'string', shortFlag: 'm', default: '', placeholder: 'TEXT', help: 'Commit message for the imported image'},
		platform: {type: 'string', placeholder: 'OS/ARCH', help: 'The platform of the imported image'},
	},
	refused: {change: 'commit a container with --change', c: 'commit a container with --change'},
	async run(context) {
		const {services, global, flags, args, signal, stderr, terminal} = context;
		const [source = '', reference] = args;
		const isUrl = /^https?:\/\//.test(source);
		const request = {
			...{namespace: global.namespace, snapshotter: global.snapshotter, reference, message: flags.message},
			archive: isUrl ? download(source, signal) : inputOf(context, source, ''),
			name: source === '-' ? 'standard input' : source,
			platform: flags.platform === undefined ? machinePlatform(arch) : parsePlatform(flags.platform),
		};
		const image = await withProgress(request.name, context, {isQuiet: !terminal.isTTY, to: stderr}, async call =>
			services.images.import(request, call),
		);
		await print(context, `${image.name}\n`);
		return 0;
	},
});

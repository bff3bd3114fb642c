import {Failure} from '../../errors.ts';
import {readArchive} from '../read-archive.ts';
import {print} from './output.ts';
import {platformFlags, wantedPlatforms} from './platform-flag.ts';
import {withProgress} from './progress-view.ts';
import {defineLine, type Surroundings} from './types.ts';

/** A file's bytes, or what comes in on stdin; `-` is stdin too. */
export const inputOf = ({stdin, terminal}: Surroundings, path: string | undefined, flag: string): AsyncIterable<Uint8Array> => {
	if (path !== undefined && path !== '-') return readArchive(path);
	if (terminal.isInputTTY)
		throw new Failure('invalid', 'there is nothing on stdin but a terminal', {
			hint: `name an archive${flag === '' ? '' : ` with ${flag}`}`,
		});
	return stdin as AsyncIterable<Uint8Array>;
};

export const load = defineLine({
	verbs: ['load', 'image load'],
	summary: 'Load images from a tar archive (from stdin unless said)',
	usage: '[flags]',
	arity: {least: 0, most: 0},
	flags: {
		...platformFlags,
		input: {type: 'string', shortFlag: 'i', placeholder: 'FILE', help: 'Read from a file instead of stdin'},
		quiet: {type: 'boolean', shortFlag: 'q', help: 'Show no progress'},
	},
	async run(context) {
		const {services, global, flags, stderr, terminal} = context;
		const request = {
			...{namespace: global.namespace, snapshotter: global.snapshotter, unpack: true},
			archive: inputOf(context, flags.input, '--input'),
			name: flags.input ?? 'standard input',
			platforms: wantedPlatforms(flags),
			isNeeded: flags.platform.length > 0,
		};
		const isQuiet = flags.quiet || !terminal.isTTY;
		const loaded = await withProgress(request.name, context, {isQuiet, to: stderr}, async call => services.images.load(request, call));
		await print(context, loaded.map(({name}) => `Loaded image: ${name}\n`).join(''));
		return 0;
	},
});

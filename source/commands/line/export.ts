import {createWriteStream} from 'node:fs';
import {rename, rm} from 'node:fs/promises';
import {finished} from 'node:stream/promises';
import process from 'node:process';
import {Failure} from '../../errors.ts';
import {defineLine} from './types.ts';

export const exportLine = defineLine({
	verbs: ['export', 'container export'],
	summary: "Export a container's filesystem as a tar archive (to stdout unless said)",
	usage: '[flags] CONTAINER',
	arity: {least: 1, most: 1},
	flags: {output: {type: 'string', shortFlag: 'o', placeholder: 'FILE', help: 'Write to a file instead of stdout'}},
	async run({services, global, signal, args, flags, stdout, terminal}) {
		if (flags.output === undefined && terminal.isTTY)
			throw new Failure('invalid', 'cowardly refusing to save to a terminal', {hint: 'use the -o flag or redirect'});
		const container = await services.containers.find(global.namespace, args[0] ?? '', {signal});
		if (flags.output === undefined) {
			await services.files.export(container, stdout, {signal});
			return 0;
		}
		// Whole or not at all: half an archive looks like one.
		const temporary = `${flags.output}.${process.pid}`;
		const file = createWriteStream(temporary, {flags: 'wx', mode: 0o644});
		try {
			await services.files.export(container, file, {signal});
			file.end();
			await finished(file);
			await rename(temporary, flags.output);
		} catch (error) {
			file.destroy();
			await rm(temporary, {force: true});
			throw error;
		}
		return 0;
	},
});

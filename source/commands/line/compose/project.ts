import {homedir} from 'node:os';
import process from 'node:process';
import type {Loaded} from '../../../services/compose/types.ts';
import type {composeFlags} from './flags.ts';
import type {ValuesOf} from '../flag-types.ts';
import {clean, write} from '../output.ts';
import type {Surroundings} from '../types.ts';

type Flags = ValuesOf<typeof composeFlags>;

const readAll = async (stream: AsyncIterable<unknown>): Promise<string> => {
	const chunks: Buffer[] = [];
	for await (const chunk of stream) chunks.push(Buffer.isBuffer(chunk) ? chunk : Buffer.from(String(chunk)));
	return Buffer.concat(chunks).toString('utf8');
};

/** The project that a command line means. What should be known about it is told on stderr. */
export const projectOf = async (
	{env, stdin, stderr, signal, terminal}: Pick<Surroundings, 'env' | 'stdin' | 'stderr' | 'signal' | 'terminal'>,
	flags: Flags,
	{services = [], interpolate = true}: {readonly services?: readonly string[]; readonly interpolate?: boolean} = {},
): Promise<Loaded> => {
	// Not through the index: bringing projects up takes more to load than reading them.
	const {load} = await import('../../../services/compose/load.ts');
	const loaded = await load({
		cwd: process.cwd(),
		home: env['HOME'] ?? homedir(),
		env,
		files: flags.file,
		...(flags.projectName === undefined ? {} : {projectName: flags.projectName}),
		...(flags.projectDirectory === undefined ? {} : {projectDirectory: flags.projectDirectory}),
		profiles: flags.profile,
		envFiles: flags.envFile,
		services,
		interpolate,
		readStdin: () => readAll(stdin),
		signal,
	});
	for (const warning of loaded.warnings) await write(stderr, `${clean(`warning: ${warning}`, {terminal})}\n`);
	return loaded;
};

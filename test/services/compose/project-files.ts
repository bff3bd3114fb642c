import {mkdirSync, mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {dirname, join} from 'node:path';
import {loadProject, type Loaded, type LoadOptions} from '../../../source/services/compose/index.ts';

type Wanted = Partial<Omit<LoadOptions, 'cwd'>> & {readonly in?: string};

/** Writes files into a folder of their own, loads the project there, and leaves nothing behind. `{}` in messages stands for the folder. */
export const loadFiles = async (files: Readonly<Record<string, string>>, {in: inside = '.', ...options}: Wanted = {}): Promise<Loaded> => {
	const folder = mkdtempSync(join(tmpdir(), 'gantry-compose-'));
	try {
		for (const [name, text] of Object.entries(files)) {
			mkdirSync(dirname(join(folder, name)), {recursive: true});
			writeFileSync(join(folder, name), text);
		}
		return await loadProject({
			cwd: join(folder, inside),
			home: '/home/me',
			env: {},
			files: [],
			profiles: [],
			envFiles: [],
			services: [],
			interpolate: true,
			readStdin: async () => '',
			...options,
		});
	} catch (error) {
		if (error instanceof Error) error.message = error.message.replaceAll(folder, '{}');
		throw error;
	} finally {
		rmSync(folder, {recursive: true, force: true});
	}
};

/** One file with one service's keys. */
export const service = (keys: string, rest = ''): Readonly<Record<string, string>> => ({'compose.yaml': `services:\n  web:\n    image: x\n${keys.replaceAll(/^/gm, '    ')}\n${rest}`});

import {mkdir, open, readFile, realpath, rename, unlink} from 'node:fs/promises';
import {randomBytes} from 'node:crypto';
import {dirname} from 'node:path';
import {Failure, messageOf} from '../../errors.ts';
import {isMissing} from './missing.ts';

/** Docker's config.json. What we do not know of it is kept as it is. */
export type DockerConfig = Readonly<Record<string, unknown>>;

export const readConfig = async (path: string): Promise<DockerConfig> => {
	let text: string;
	try {
		text = await readFile(path, 'utf8');
	} catch (error) {
		if (isMissing(error)) return {};
		throw new Failure('denied', `Could not read ${path}: ${messageOf(error)}`, {cause: error, hint: 'look at its permissions'});
	}
	if (text.trim() === '') return {};
	try {
		const value: unknown = JSON.parse(text);
		if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as DockerConfig;
	} catch {
		// The parser's message quotes the text, which has secrets in it.
	}
	throw new Failure('invalid', `${path} is not JSON`, {hint: 'mend the file; it is left as it is'});
};

/** Whole or not at all, and nobody else's to read. A link stays a link: people keep this file elsewhere. */
export const writeConfig = async (path: string, config: DockerConfig): Promise<void> => {
	try {
		await mkdir(dirname(path), {recursive: true, mode: 0o700});
		const target = await realpath(path).catch((error: unknown) => {
			if (isMissing(error)) return path;
			throw error;
		});
		const temporary = `${target}.${randomBytes(6).toString('hex')}`;
		const handle = await open(temporary, 'wx', 0o600);
		try {
			await handle.writeFile(`${JSON.stringify(config, undefined, '\t')}\n`);
			await handle.sync();
			await handle.close();
			await rename(temporary, target);
		} catch (error) {
			await handle.close();
			await unlink(temporary).catch(() => undefined);
			throw error;
		}
	} catch (error) {
		throw new Failure('denied', `Could not write ${path}: ${messageOf(error)}`, {
			cause: error,
			hint: 'look at its permissions and at the space left',
		});
	}
};

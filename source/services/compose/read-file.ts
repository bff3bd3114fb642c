import {open, stat} from 'node:fs/promises';
import {couldNot, failing, Failure} from '../../errors.ts';

/** Of a compose or an environment file; beyond it somebody named the wrong file. */
const mostBytes = 16 * 2 ** 20;

const codes: Readonly<Record<string, Failure['code']>> = {ENOENT: 'not-found', ENOTDIR: 'not-found', EACCES: 'denied', EPERM: 'denied', EISDIR: 'invalid'};

const translated = (path: string, error: unknown): unknown => {
	const code = (error as {readonly code?: string}).code ?? '';
	const said = {ENOENT: 'it is not there', ENOTDIR: 'it is not there', EACCES: 'it may not be read', EPERM: 'it may not be read', EISDIR: 'it is a directory'}[code];
	return said === undefined ? error : new Failure(codes[code] ?? 'internal', said, {cause: error, told: {action: `read ${path}`, reason: said}});
};

/** A file of the project as text. Pipes are read too: `-f <(…)` is one. */
export const readFile = async (path: string, signal?: AbortSignal): Promise<string> => {
	signal?.throwIfAborted();
	try {
		const handle = await open(path);
		try {
			const {size} = await handle.stat();
			if (size > mostBytes) throw couldNot('invalid', `read ${path}`, `it has ${size} bytes, and a file of a project has at most ${mostBytes}`);
			return await handle.readFile('utf8');
		} finally {
			await handle.close();
		}
	} catch (error) {
		throw failing(`read ${path}`, translated(path, error));
	}
};

export const isFile = async (path: string): Promise<boolean> => {
	try {
		return (await stat(path)).isFile();
	} catch {
		return false;
	}
};

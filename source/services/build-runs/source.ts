import {open} from 'node:fs/promises';
import {join, resolve} from 'node:path';
import {isRemoteContext} from '../../model/build-flags.ts';
import type {BuildSource} from '../../model/build-run.ts';
import type {BuildRequest} from '../builds/types.ts';

/** A Dockerfile that is longer is not kept. */
const mostBytes = 256 * 1024;

const readText = async (path: string): Promise<string | undefined> => {
	try {
		const file = await open(path);
		try {
			const {buffer, bytesRead} = await file.read(Buffer.alloc(mostBytes + 1));
			return bytesRead > mostBytes ? undefined : buffer.toString('utf8', 0, bytesRead);
		} finally {
			await file.close();
		}
	} catch {
		// The build itself says that it is not there.
		return undefined;
	}
};

/** What is built by, as it is now: when somebody looks at the build, the file may be another. Undefined when it is not here. */
export const readSource = async ({dockerfile, context, workingFolder}: BuildRequest): Promise<BuildSource | undefined> => {
	if (dockerfile instanceof Uint8Array) return dockerfile.length > mostBytes ? undefined : {file: 'Dockerfile', text: Buffer.from(dockerfile).toString()};
	if (isRemoteContext(context)) return undefined;
	const folder = resolve(workingFolder, context);
	for (const path of dockerfile === undefined ? ['Dockerfile', 'Containerfile'].map((name) => join(folder, name)) : [resolve(workingFolder, dockerfile)]) {
		const text = await readText(path);
		if (text !== undefined) return {file: path, text};
	}
	return undefined;
};

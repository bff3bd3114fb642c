import {constants} from 'node:fs';
import {access} from 'node:fs/promises';
import {isAbsolute, join, resolve} from 'node:path';

/** Where a program is, as a shell would find it: a name with a slash is a path, others are looked for on the PATH. */
export const findProgram = async (name: string, path = process.env['PATH'] ?? ''): Promise<string | undefined> => {
	const places = name.includes('/') ? [resolve(name)] : path.split(':').filter(isAbsolute).map(directory => join(directory, name));
	for (const place of places) {
		const mayRun = await access(place, constants.X_OK).then(
			() => true,
			() => false,
		);
		if (mayRun) return place;
	}
	return undefined;
};

import {writeFileSync} from 'node:fs';
import {join} from 'node:path';

/** A log of a few hundred lines that nobody writes to any more. */
export const writeStillLog = (folder: string, name = 'still', lines = 300): string => {
	const path = join(folder, `${name}-json.log`);
	const line = (number: number): string => `{"log":"${name} ${number} of ${lines}\\n","stream":"stdout","time":"2026-01-01T00:00:00.000000000Z"}\n`;
	writeFileSync(path, Array.from({length: lines}, (_, index) => line(index + 1)).join(''));
	return path;
};

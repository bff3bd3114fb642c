import {randomBytes} from 'node:crypto';
import {mkdirSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';

/** Bytes that do not pack, so that nobody gains by packing them. */
const chunk = randomBytes(1_048_576);

const bytesAt = (seed: number, length: number): Buffer => {
	const at = (seed * 7919) % (chunk.length - length);
	return chunk.subarray(at, at + length);
};

/** So many files of 10.5 kB in folders of a hundred. */
export const writeManyFiles = (folder: string, files: number): void => {
	for (let index = 0; index < files; index++) {
		const parent = join(folder, `d${Math.floor(index / 100)}`);
		if (index % 100 === 0) mkdirSync(parent, {recursive: true});
		writeFileSync(join(parent, `f${index}`), bytesAt(index, 10_500));
	}
};

export const writeOneFile = (folder: string, megabytes: number): void => {
	mkdirSync(folder, {recursive: true});
	writeFileSync(join(folder, 'big'), Buffer.concat(Array.from({length: megabytes}, (_none, index) => bytesAt(index, 1_000_000))));
};

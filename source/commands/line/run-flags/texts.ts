import {readFile} from 'node:fs/promises';
import {Failure, failing} from '../../../errors.ts';
import {pairsOf} from '../../../model/request/index.ts';
import {readVariables} from '../env-flag.ts';

/**
`--env-file` first, so that `-e` has the last word. A bare name takes our own value; when we have none it stays bare, and takes the
image's variable of that name away.
*/
export const readEnvironment = async (pairs: readonly string[], files: readonly string[], env: Readonly<Record<string, string | undefined>>): Promise<readonly string[]> => {
	const all = [...(await Promise.all(files.map(readVariables))).flat(), ...pairs];
	return all.map(pair => {
		if (pair === '' || pair.startsWith('=')) throw new Failure('invalid', `invalid environment variable: ${JSON.stringify(pair)}`);
		return pair.includes('=') || env[pair] === undefined ? pair : `${pair}=${env[pair]}`;
	});
};

const ours = 'nerdctl/';

/** `--label-file` first, so that `-l` has the last word. A bare key is `true`: containerd keeps no label without a value, and a filter by the key should find it. */
export const readLabels = async (pairs: readonly string[], files: readonly string[]): Promise<Readonly<Record<string, string>>> => {
	const labels = pairsOf([...(await Promise.all(files.map(readVariables))).flat(), ...pairs], 'true');
	return checkedKeys(labels, 'label');
};

/** Nobody may say what nerdctl and we say of a container. */
export const checkedKeys = (pairs: Readonly<Record<string, string>>, what: 'label' | 'annotation'): Readonly<Record<string, string>> => {
	for (const [key, value] of Object.entries(pairs)) {
		if (key.startsWith(ours)) throw new Failure('invalid', `internal ${what} ${JSON.stringify(key)} must not be specified manually`);
		if (key === '') throw new Failure('invalid', `a ${what} has no name`);
		if (what === 'label' && Buffer.byteLength(key) + Buffer.byteLength(value) > 4096) throw new Failure('invalid', `label ${key.slice(0, 40)} is longer than containerd's 4096 bytes`);
	}
	return pairs;
};

export const readProfile = async (path: string): Promise<string> => {
	try {
		return await readFile(path, 'utf8');
	} catch (error) {
		throw failing(`read the seccomp profile ${path}`, error);
	}
};

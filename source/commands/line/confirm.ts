import {createInterface} from 'node:readline/promises';
import {Failure} from '../../errors.ts';
import {write} from './output.ts';
import type {Surroundings} from './types.ts';

/** nerdctl's question. Only `y` agrees; an input that ends without an answer is a failure, for a script should say `--force`. */
export const confirm = async (
	{stdout, stdin, signal}: Pick<Surroundings, 'stdout' | 'stdin' | 'signal'>,
	warning: string,
): Promise<boolean> => {
	await write(stdout, `${warning}\nAre you sure you want to continue? [y/N] `);
	const lines = createInterface({input: stdin, signal});
	try {
		for await (const line of lines) return line.trim().toLowerCase() === 'y';
	} finally {
		lines.close();
	}
	signal.throwIfAborted();
	throw new Failure('invalid', 'nobody answered the question', {hint: 'use --force to go ahead without it'});
};

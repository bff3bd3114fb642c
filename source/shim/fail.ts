import {inspect} from 'node:util';

/** A sentence where there is one, else all that is known. */
export const wordsOf = (error: unknown): string => (error instanceof Error && error.name === 'Failure' ? error.message : inspect(error));

/** The end of a duty that could not be done. */
export const fail = (error: unknown): void => {
	console.error(wordsOf(error));
	process.exitCode = 1;
};

import type {Writable} from 'node:stream';
import {isAbort, sentence} from '../../errors.ts';
import {plain} from '../../model/sanitize.ts';

/** One line for one failure: what a daemon says may be hostile or long. */
export const plainSentence = (error: unknown): string => sentence(error).split('\n').map(plain).join('\n').trimEnd();

/**
Does one thing after another. One failure never stops the rest: each is a line on stderr, and the exit code says that there was one.
An abort stops everything, for the person asked for that.
*/
export const forEachArgument = async (
	args: readonly string[],
	{stderr}: {readonly stderr: Writable},
	run: (argument: string) => Promise<void>,
): Promise<number> => {
	let failed = false;
	for (const argument of args) {
		try {
			await run(argument);
		} catch (error) {
			if (isAbort(error)) throw error;
			failed = true;
			stderr.write(`${plainSentence(error)}\n`);
		}
	}
	return failed ? 1 : 0;
};

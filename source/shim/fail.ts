/** The end of a duty that could not be done: a sentence where there is one, else all that is known. */
export const fail = (error: unknown): void => {
	console.error(error instanceof Error && error.name === 'Failure' ? error.message : error);
	process.exitCode = 1;
};

import {couldNot} from '../../errors.ts';

const codeOf = (error: unknown): unknown => (error instanceof Error ? (error as NodeJS.ErrnoException).code : undefined);

/** The file or the process is not there (any more). */
export const isMissing = (error: unknown): boolean => {
	const code = codeOf(error);
	return code === 'ENOENT' || code === 'ENOTDIR' || code === 'ESRCH';
};

export const isDenied = (error: unknown): boolean => {
	const code = codeOf(error);
	return code === 'EACCES' || code === 'EPERM';
};

const fullWords: Readonly<Record<string, string>> = {ENOSPC: 'no space is left on the disk', EDQUOT: 'the disk quota is used up'};

/** Translate errno into our closed list; what is unknown passes as it is. */
export const hostFailure = (action: string, error: unknown): unknown => {
	if (isDenied(error)) return couldNot('denied', action, 'permission denied', {cause: error, hint: 'run as root'});
	if (isMissing(error)) return couldNot('not-found', action, 'it is gone', {cause: error});
	const full = fullWords[String(codeOf(error))];
	if (full !== undefined) return couldNot('exhausted', action, full, {cause: error, hint: 'make room on that disk, and try again'});
	return error;
};

import {plain} from '../../source/model/sanitize.ts';

/** Builders record the shell line that made a layer; the wrapping says nothing. */
export const instruction = (createdBy: string): string =>
	plain(createdBy)
		.replace(/^\/bin\/sh -c #\(nop\)\s+/, '')
		.replace(/^\/bin\/sh -c /, 'RUN ')
		.replace(/\s+# buildkit$/, '');

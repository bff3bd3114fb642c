import {Failure} from '../../errors.ts';
import type {RestartPolicy} from '../create-request.ts';

/** `no`, `always`, `unless-stopped`, `on-failure[:n]`. */
export const parseRestart = (text: string): RestartPolicy => {
	const [kind = '', count] = text.split(':', 2);
	if ((kind === '' || kind === 'no') && count === undefined) return {kind: 'no'};
	if ((kind === 'always' || kind === 'unless-stopped') && count === undefined) return {kind};
	if (kind === 'on-failure' && (count === undefined || /^\d{1,9}$/.test(count))) return {kind, retries: Number(count ?? 0)};
	throw new Failure('invalid', `unsupported restart policy ${JSON.stringify(text)}`, {hint: 'it is no, always, unless-stopped, on-failure or on-failure:5'});
};

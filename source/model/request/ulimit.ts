import {Failure} from '../../errors.ts';
import type {ProcessRequest} from '../create-request.ts';

const names = new Set(['core', 'cpu', 'data', 'fsize', 'locks', 'memlock', 'msgqueue', 'nice', 'nofile', 'nproc', 'rss', 'rtprio', 'rttime', 'sigpending', 'stack']);

/** `NAME=SOFT[:HARD]`; −1 is no limit, and one number is both. */
export const parseUlimit = (text: string): ProcessRequest['ulimits'][number] => {
	const match = /^([a-z]+)=(-1|\d{1,15})(?::(-1|\d{1,15}))?$/.exec(text);
	if (match === null) throw new Failure('invalid', `invalid ulimit argument: ${text}`, {hint: 'write it as nofile=1024 or nofile=1024:2048'});
	const [, name = '', softText, hardText] = match;
	if (!names.has(name)) throw new Failure('invalid', `invalid ulimit type: ${name}`, {hint: `it is one of ${[...names].join(', ')}`});
	const [soft, hard] = [Number(softText), Number(hardText ?? softText)];
	if (hard !== -1 && (soft === -1 || soft > hard)) throw new Failure('invalid', `ulimit soft limit must be less than or equal to hard limit: ${softText} > ${hardText ?? softText}`);
	return {name, soft, hard};
};

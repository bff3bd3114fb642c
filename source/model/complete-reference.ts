import {findReference, repoTag} from './reference.ts';

/** What a person would have typed for a stored name; undefined for names that nobody types, such as digests. */
export const familiarReference = (name: string): string | undefined => {
	const {repository, tag, digest} = repoTag(name);
	if (repository === '') return undefined;
	return `${repository}${tag === '' ? '' : `:${tag}`}${digest === '' ? '' : `@${digest}`}`;
};

/** `host:5000/app:la` → `host:5000/app`: somebody who has typed the colon wants to know the tags. Undefined before it, and after an `@`. */
export const typedRepository = (text: string): string | undefined => {
	const colon = text.lastIndexOf(':');
	if (colon <= text.lastIndexOf('/') || text.includes('@')) return undefined;
	const repository = text.slice(0, colon);
	return findReference(repository) === undefined ? undefined : repository;
};

export type KnownReferences = {
	/** Newest first. */
	readonly typedBefore: readonly string[];
	/** As they are stored. */
	readonly stored: readonly string[];
	/** Of the repository that is typed, when its registry has said. */
	readonly tags: readonly string[];
};

const most = 100;

/**
How a reference could go on, likeliest first: what was typed before, what is here, the tags of its repository. What begins with the text
goes before what only has it somewhere.
*/
export const completeReference = (text: string, {typedBefore, stored, tags}: KnownReferences): readonly string[] => {
	const repository = typedRepository(text);
	const known = [
		...typedBefore,
		...stored.map(familiarReference).filter((name) => name !== undefined),
		...(repository === undefined ? [] : tags.map((tag) => `${repository}:${tag}`)),
	];
	const unique = [...new Set(known)].filter((name) => name !== text);
	const begins = unique.filter((name) => name.startsWith(text));
	const holds = text === '' ? [] : unique.filter((name) => !name.startsWith(text) && name.includes(text));
	return [...begins, ...holds].slice(0, most);
};

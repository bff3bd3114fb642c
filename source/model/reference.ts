import {Failure} from '../errors.ts';

/** A normalized image reference: `docker.io/library/busybox:latest`. */
export type Reference = {
	readonly domain: string;
	/** The path below the domain, without tag and digest. */
	readonly path: string;
	readonly tag: string | undefined;
	readonly digest: string | undefined;
};

const defaultDomain = 'docker.io';
const officialPrefix = 'library/';

/** The grammar of distribution's `reference` package, which nerdctl, docker and containerd share. */
const pathComponent = /^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*$/;
const domainName =
	/^(?:(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9])(?:\.(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9]))*|\[[a-fA-F0-9:]+\])(?::[0-9]+)?$/;
const tagName = /^[\w][\w.-]{0,127}$/;
const digestName = /^[A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*:[0-9a-fA-F]{32,}$/;
const mostPathLength = 255;

/**
Parse what a person types. `busybox` is `docker.io/library/busybox:latest`; the first part is a domain only when it could not be a path: it has a dot
or a port, is `localhost`, or has a capital letter. A bare 64-digit hex string is an id, never a name. Undefined when it is no reference.
*/
export const findReference = (text: string): Reference | undefined => {
	if (/^[a-f0-9]{64}$/.test(text)) return undefined;
	const at = text.indexOf('@');
	const digest = at < 0 ? undefined : text.slice(at + 1);
	if (digest !== undefined && !digestName.test(digest)) return undefined;
	const {domain, rest} = splitDomain(at < 0 ? text : text.slice(0, at));
	const colon = rest.indexOf(':');
	const tag = colon < 0 ? undefined : rest.slice(colon + 1);
	if (tag !== undefined && !tagName.test(tag)) return undefined;
	const bare = colon < 0 ? rest : rest.slice(0, colon);
	const path = domain === defaultDomain && !bare.includes('/') ? officialPrefix + bare : bare;
	if (!domainName.test(domain) || path.length > mostPathLength || !path.split('/').every(component => pathComponent.test(component)))
		return undefined;
	return {domain, path, tag: tag ?? (digest === undefined ? 'latest' : undefined), digest};
};

const splitDomain = (name: string): {readonly domain: string; readonly rest: string} => {
	const slash = name.indexOf('/');
	const first = name.slice(0, Math.max(slash, 0));
	const isDomain = slash > 0 && (/[.:[]/.test(first) || first === 'localhost' || first.toLowerCase() !== first);
	if (!isDomain) return {domain: defaultDomain, rest: name};
	return {domain: first === 'index.docker.io' ? defaultDomain : first, rest: name.slice(slash + 1)};
};

export const parseReference = (text: string): Reference => {
	const reference = findReference(text);
	if (reference !== undefined) return reference;
	const hint = text.toLowerCase() === text ? undefined : 'the name of a repository is in lower case';
	throw new Failure('invalid', `${JSON.stringify(text)} is not an image reference`, hint === undefined ? {} : {hint});
};

/** The name that containerd's image store keeps. */
export const formatReference = ({domain, path, tag, digest}: Reference): string =>
	`${domain}/${path}${tag === undefined ? '' : `:${tag}`}${digest === undefined ? '' : `@${digest}`}`;

/** What a person would have typed: without the default domain and `library/`. */
export const familiarName = ({domain, path}: Pick<Reference, 'domain' | 'path'>): string => {
	if (domain !== defaultDomain) return `${domain}/${path}`;
	return path.startsWith(officialPrefix) && !path.slice(officialPrefix.length).includes('/') ? path.slice(officialPrefix.length) : path;
};

/** An image name as docker shows it. Either part is empty when the name has none or is no reference at all. */
export type RepoTag = {readonly repository: string; readonly tag: string; readonly digest: string};

const none: RepoTag = {repository: '', tag: '', digest: ''};
const bareDigest = /^(?:sha256:)?[0-9a-f]{64}$/;

/** The default tag is filled in only where there is no digest; names that CRI makes of digests have no repository. */
export const repoTag = (name: string): RepoTag => {
	const reference = bareDigest.test(name) ? undefined : findReference(name);
	return reference === undefined ? none : {repository: familiarName(reference), tag: reference.tag ?? '', digest: reference.digest ?? ''};
};

const startsWithDomain = (name: string): boolean => /^(?:localhost|[^/]*[.:][^/]*)\//.test(name);

/** docker 29's IMAGE column. A digest without a registry before it is a builder's placeholder: such an image has no name. */
export const imageColumn = (name: string): string => {
	const {repository, tag, digest} = repoTag(name);
	if (repository === '') return '<untagged>';
	if (tag !== '') return `${repository}:${tag}`;
	return digest !== '' && startsWithDomain(name) ? `${repository}@${digest}` : '<untagged>';
};

import {familiarName, findReference} from './reference.ts';

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

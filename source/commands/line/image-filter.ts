import {Failure} from '../../errors.ts';
import {recordOf} from '../../model/docker-spec.ts';
import type {Image} from '../../model/image.ts';
import {familiarName, findReference, formatReference, repoTag} from '../../model/reference.ts';

/** An image with what its config says; only a filter by label asks for that. */
export type ImageFilter = {
	readonly matches: (image: Image) => boolean;
	readonly labels: ReadonlyMap<string, string>;
};

const kinds = 'before, since, label, dangling, reference';
const invalid = (filter: string): Failure =>
	new Failure('invalid', `invalid filter ${JSON.stringify(filter)}`, {hint: `filters are ${kinds}, as in dangling=true`});

const isDangling = ({name}: Image): boolean => repoTag(name).tag === '';

/** Go's `path.Match`, which docker's reference patterns are: `*` stops at a slash. */
const globOf = (pattern: string): RegExp =>
	new RegExp(
		`^${pattern
			.replace(/[.+^${}()|\\]/g, '\\$&')
			.replaceAll('*', '[^/]*')
			.replaceAll('?', '[^/]')}$`,
	);

const regularExpression = (pattern: string): RegExp | undefined => {
	try {
		return new RegExp(pattern);
	} catch {
		// A glob such as `*busybox` is no regular expression; it has matched as a glob then, or not at all.
		return undefined;
	}
};

const matchesReference = ({name}: Image, pattern: string): boolean => {
	const reference = findReference(name);
	if (reference === undefined) return false;
	const bare = familiarName(reference);
	const glob = globOf(pattern);
	return (
		glob.test(bare) ||
		(reference.tag !== undefined && glob.test(`${bare}:${reference.tag}`)) ||
		regularExpression(pattern)?.test(name) === true
	);
};

const createdAtOf = (images: readonly Image[], value: string): number => {
	const reference = findReference(value);
	const names = new Set([value, ...(reference === undefined ? [] : [formatReference(reference)])]);
	const found = images.find(({name}) => names.has(name));
	if (found === undefined) throw new Failure('not-found', `no such image: ${value}`);
	return found.createdAt;
};

/** `-f` of `images`. All must hold. */
export const imageFilter = (filters: readonly string[], images: readonly Image[]): ImageFilter => {
	const labels = new Map<string, string>();
	const tests: Array<(image: Image) => boolean> = [];
	for (const filter of filters) {
		const [, kind = '', value] = /^([^=]*)(?:=([\s\S]*))?$/.exec(filter) ?? [];
		if (value === undefined) throw invalid(filter);
		switch (kind) {
			case 'before': {
				const at = createdAtOf(images, value);
				tests.push(({createdAt}) => createdAt < at);
				break;
			}
			case 'since': {
				const at = createdAtOf(images, value);
				tests.push(({createdAt}) => createdAt > at);
				break;
			}
			case 'dangling':
				if (value !== 'true' && value !== 'false') throw invalid(filter);
				tests.push(image => isDangling(image) === (value === 'true'));
				break;
			case 'reference':
				tests.push(image => matchesReference(image, value));
				break;
			case 'label': {
				const [, name = '', wanted = ''] = /^([^=]*)(?:=([\s\S]*))?$/.exec(value) ?? [];
				labels.set(name, wanted);
				break;
			}
			default:
				throw invalid(filter);
		}
	}
	return {labels, matches: image => tests.every(test => test(image))};
};

export const hasLabels = (configJson: unknown, labels: ReadonlyMap<string, string>): boolean => {
	const own = recordOf(recordOf(recordOf(configJson)['config'])['Labels']);
	return [...labels].every(([name, wanted]) => Object.hasOwn(own, name) && (wanted === '' || own[name] === wanted));
};

/** The argument of `images`: with a tag or digest exactly that name, else every tag of the repository. */
export const matchesArgument = (argument: string | undefined): ((image: Image) => boolean) => {
	if (argument === undefined) return () => true;
	const reference = findReference(argument);
	if (reference === undefined) throw new Failure('invalid', `${JSON.stringify(argument)} is not an image reference`);
	const isExplicit = reference.digest !== undefined || /:[^/]*$/.test(argument);
	const name = formatReference(reference);
	const prefix = `${reference.domain}/${reference.path}:`;
	return image => (isExplicit ? image.name === name : image.name.startsWith(prefix));
};

import {couldNot, Failure, isFailure} from '../../errors.ts';
import {familiarName} from '../../model/reference.ts';
import {plain} from '../../model/sanitize.ts';
import type {ForeignFetch} from './blobs.ts';
import {pullScope} from './manifests.ts';
import type {Route} from './route.ts';
import {type Ask, parseJson, readText} from './send.ts';
import type {ListOptions, RegistryClient, SearchResult} from './types.ts';

const usualMost = 10_000;
const pageSize = 1_000;
const mostPageBytes = 16 * 1024 * 1024;

/** Where the next page is: RFC 8288, as registries write it. */
const nextOf = (link: string | undefined, from: string): string | undefined => {
	const target = /<([^>]*)>\s*;[^,]*\brel="?next"?/i.exec(link ?? '')?.[1];
	return target !== undefined && URL.canParse(target, from) ? new URL(target, from).href : undefined;
};

export const createLists = (route: Route, fetchForeign: ForeignFetch): Pick<RegistryClient, 'tags' | 'catalog' | 'search'> => {
	/** `key` holds the names of a page, or null where there are none. */
	const list = async (host: string, first: Omit<Ask, 'method'>, key: string, most: number): Promise<string[]> => {
		const names: string[] = [];
		const seen = new Set<string>();
		let {answer, endpoint} = await route.askFrom(host, 'resolve', {...first, method: 'GET'});
		for (;;) {
			const page = parseJson(first.action, await readText(answer.body, mostPageBytes)) as Readonly<Record<string, unknown>> | null;
			const found = page?.[key];
			if (Array.isArray(found)) names.push(...found.filter(name => typeof name === 'string').map(plain));
			const next = nextOf(answer.headers['link'], answer.url);
			if (next === undefined || seen.has(next) || names.length >= most) return names.slice(0, most);
			if (new URL(next).host !== new URL(answer.url).host)
				throw couldNot('invalid', first.action, 'the next page is on another host');
			seen.add(next);
			answer = await route.send(endpoint, {...first, method: 'GET', path: next});
		}
	};

	const catalog = async (host: string, {most = usualMost, signal}: ListOptions = {}): Promise<readonly string[]> =>
		list(
			host,
			{action: `list what ${host} has`, path: `/_catalog?n=${Math.min(pageSize, most)}`, scopes: ['registry:catalog:*'], signal},
			'repositories',
			most,
		);

	const searchHub = async (term: string, {most = 25, signal}: ListOptions): Promise<readonly SearchResult[]> => {
		const action = `search for ${JSON.stringify(term)}`;
		const query = new URLSearchParams({q: term, n: String(Math.min(100, most))}).toString();
		const answer = await fetchForeign(`https://index.docker.io/v1/search?${query}`, {action, method: 'GET', path: '', scopes: [], signal});
		const {results} = (parseJson(action, await readText(answer.body, mostPageBytes)) ?? {}) as {results?: unknown};
		return (Array.isArray(results) ? results : []).slice(0, most).map((entry: Readonly<Record<string, unknown>>) => ({
			name: plain(String(entry['name'] ?? '')),
			description: plain(String(entry['description'] ?? '')),
			stars: Number(entry['star_count'] ?? 0),
			isOfficial: entry['is_official'] === true,
		}));
	};

	return {
		tags: async (reference, {most = usualMost, signal} = {}) =>
			list(
				reference.domain,
				{
					action: `list the tags of ${familiarName(reference)}`,
					path: `/${reference.path}/tags/list?n=${Math.min(pageSize, most)}`,
					scopes: [pullScope(reference)],
					signal,
				},
				'tags',
				most,
			),
		catalog,
		search: async (host, term, options = {}) => {
			if (host === 'docker.io') return searchHub(term, options);
			try {
				const names = await catalog(host, {...options, most: usualMost});
				return names
					.filter(name => name.includes(term.toLowerCase()))
					.slice(0, options.most ?? 25)
					.map(name => ({name: `${host}/${name}`, description: '', stars: undefined, isOfficial: false}));
			} catch (error) {
				if (isFailure(error, 'not-found'))
					throw new Failure('unsupported', `${host} does not list what it has`, {cause: error, hint: 'ask for a repository by its name'});
				throw error;
			}
		},
	};
};

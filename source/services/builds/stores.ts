import {resolve} from 'node:path';
import {type Layout, openLayout} from '../../clients/buildkit/index.ts';
import {couldNot, Failure, isFailure, messageOf} from '../../errors.ts';
import {namedContexts} from '../../model/build-attributes.ts';
import type {CacheEntry} from '../../model/build-flags.ts';
import type {BuildRequest} from './types.ts';

/** Layouts in folders here, and what the daemon is told of them. */
export type BuildStores = {
	/** By the names that the daemon asks for them by. */
	readonly offered: ReadonlyMap<string, Layout>;
	/** Attributes for the frontend. */
	readonly attrs: Readonly<Record<string, string>>;
	readonly cacheFrom: readonly CacheEntry[];
	readonly cacheTo: readonly CacheEntry[];
	/** Caches that are not there, in words: a first build has none yet. */
	readonly missing: readonly string[];
	/** When the build is done: index.json of the caches that were written leads to what was. */
	finish(response: Readonly<Record<string, string>>): Promise<void>;
};

const tagOf = ({attrs}: CacheEntry): string => attrs['tag'] ?? 'latest';

const firstDigest = async (layout: Layout, tag: string): Promise<string | undefined> => (await layout.tagged(tag))?.digest;

/** The same folder may be read from and written to. */
const createOffers = () => {
	const offered = new Map<string, Layout>();
	return {
		offered,
		add: (id: string, path: string): Layout => {
			const layout = offered.get(id) ?? openLayout(path);
			offered.set(id, layout);
			return layout;
		},
	};
};

/** The name of a store goes through a parser of image names. */
const storeName = (index: number): string => `gantry-layout-${index}`;

export const storesFor = async ({cacheFrom, cacheTo, flags, workingFolder}: BuildRequest): Promise<BuildStores> => {
	const {offered, add} = createOffers();
	const missing: string[] = [];
	const imports: CacheEntry[] = [];
	for (const entry of cacheFrom) {
		if (entry.type !== 'local') {
			imports.push(entry);
			continue;
		}

		const src = resolve(workingFolder, entry.attrs['src'] ?? '');
		const layout = openLayout(src);
		try {
			const digest = entry.attrs['digest'] ?? (await firstDigest(layout, tagOf(entry)));
			if (digest === undefined) throw new Failure('not-found', `${src} has no cache called ${tagOf(entry)}`);
			await layout.info(digest);
			add(`local:${src}`, src);
			imports.push({type: 'local', attrs: {...entry.attrs, src, digest}});
		} catch (error) {
			if (!isFailure(error, 'not-found')) throw error;
			missing.push(`No cache is taken from ${src}: ${messageOf(error)}`);
		}
	}

	const exports = cacheTo.map(entry => {
		if (entry.type !== 'local') return {entry, layout: undefined};
		const dest = resolve(workingFolder, entry.attrs['dest'] ?? '');
		return {entry: {type: 'local', attrs: {...entry.attrs, dest}}, layout: add(`local:${dest}`, dest)};
	});

	const attrs: Record<string, string> = {};
	for (const [name, {path, tag, digest}] of namedContexts(flags.buildContexts).layouts) {
		const folder = resolve(workingFolder, path);
		const layout = openLayout(folder);
		const found = digest ?? (await firstDigest(layout, tag));
		if (found === undefined) throw couldNot('not-found', `use ${folder} as the context ${name}`, `its index.json has nothing called ${tag}`, {hint: 'say oci-layout://FOLDER:TAG or oci-layout://FOLDER@DIGEST'});
		await layout.info(found);
		const store = storeName(offered.size);
		offered.set(`oci:${store}`, layout);
		attrs[`context:${name}`] = `oci-layout://${store}@${found}`;
	}

	return {
		...{offered, attrs, missing},
		cacheFrom: imports,
		cacheTo: exports.map(({entry}) => entry),
		finish: async response => {
			const said = response['cache.manifest'];
			if (said === undefined) return;
			const descriptor: unknown = JSON.parse(said);
			for (const {entry, layout} of exports) await layout?.tag(descriptor, tagOf(entry));
		},
	};
};

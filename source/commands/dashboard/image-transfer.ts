import {arch} from 'node:process';
import {isAbort, messageOf, sentence} from '../../errors.ts';
import {completeReference, familiarReference, typedRepository} from '../../model/complete-reference.ts';
import {type Image, imageKey, type Platform} from '../../model/image.ts';
import {machinePlatform, parsePlatform} from '../../model/platform.ts';
import {findReference, parseReference} from '../../model/reference.ts';
import {bytes} from '../../model/units.ts';
import type {ImageRow, State} from '../../store/index.ts';
import {notify} from '../runner.ts';
import type {Command, Context} from '../types.ts';
import {chosen, noImage, pickName} from './images.ts';

const shown = (name: string): string => familiarReference(name) ?? name;

/** What a registry may have something newer for. */
const hasTag = ({name}: Image): boolean => findReference(name)?.tag !== undefined && findReference(name)?.digest === undefined;

const namespaceOf = ({scope}: State): string => (scope.kind === 'one' ? scope.namespace : 'default');

/** As it is here now: an image for one platform stays one, and of several all come again. */
const platformsOf = (row: ImageRow): readonly Platform[] => {
	const here = row.summary?.platforms ?? [];
	return here.length === 0 ? [machinePlatform(arch)] : here;
};

type Platforms = readonly Platform[] | 'all';

type Wanted = {readonly namespace: string; readonly name: string; readonly platforms: Platforms; readonly before: string | undefined};

/** `linux/arm64, linux/amd64` or `all`; undefined when nothing is said. Throws what is wrong with it. */
const typedPlatforms = (text: string): Platforms | undefined => {
	const words = text.split(/[\s,]+/).filter(word => word !== '');
	if (words.length === 0) return undefined;
	return words.includes('all') ? 'all' : words.map(parsePlatform);
};

const platformFlags = (text: string): string => {
	const words = text.split(/[\s,]+/).filter(word => word !== '');
	return words.length === 0 ? '' : words.includes('all') ? '--all-platforms ' : `--platform ${words.join(',')} `;
};

const problemOf = (name: string | undefined, platforms: string): string | undefined => {
	if (name === undefined) return 'Type the name of an image';
	if (findReference(name) === undefined) return `${name} is no image reference`;
	try {
		typedPlatforms(platforms);
		return undefined;
	} catch (error) {
		return messageOf(error);
	}
};

const startPull = ({services, store, jobs}: Context, {namespace, name, platforms, before}: Wanted): void => {
	jobs.start(`Pull ${shown(name)}`, async ({signal, report}) => {
		// As `nerdctl pull --unpack=auto`: what is for several machines is not going to run on this one.
		const request = {namespace, reference: name, platforms, snapshotter: store.get().snapshotter, unpack: platforms !== 'all' && platforms.length === 1};
		const image = await services.images.pull(request, {signal, onProgress: report});
		store.dispatch({type: 'remote-image-seen', key: imageKey(image), remote: {digest: image.target.digest, checkedAt: Date.now()}});
		return image.target.digest === before ? `${shown(image.name)} is up to date` : `Pulled ${shown(image.name)}`;
	});
};

const pullAgain = (context: Context, row: ImageRow, platforms: Platforms = platformsOf(row)): void => {
	const tagged = row.images.filter(hasTag);
	for (const {namespace, name} of tagged.length > 0 ? tagged : row.images.slice(0, 1))
		startPull(context, {namespace, name, platforms, before: row.digest});
};

type Asked = {readonly name: string; readonly platforms: Platforms | undefined};

/** What images are usually made for. */
const usualPlatforms = ['linux/amd64', 'linux/arm64', 'linux/arm/v7', 'linux/riscv64', 'linux/ppc64le', 'linux/s390x', 'all'];

/** The last word of a list, completed. */
const completePlatforms = (text: string): readonly string[] => {
	const start = Math.max(text.lastIndexOf(','), text.lastIndexOf(' ')) + 1;
	const word = text.slice(start);
	return word === '' ? [] : usualPlatforms.filter(name => name.startsWith(word) && name !== word).map(name => text.slice(0, start) + name);
};

/** Asks for the name of an image and its platforms, with what was typed before, what is here, and the tags that its registry has. */
const askForName = async ({services, store, dialogs}: Context, again: string | undefined): Promise<Asked | undefined> => {
	const typedBefore = await services.history.recent('pull');
	const stored = [...store.get().images.items.values()].map(({name}) => name);
	const tags = new Map<string, readonly string[]>();
	const stop = new AbortController();
	const learn = async (repository: string): Promise<void> => {
		tags.set(repository, []);
		try {
			tags.set(repository, await services.images.remoteTags(repository, {signal: stop.signal, most: 1000}));
		} catch {
			// No list of tags is no trouble: the pull says what is wrong with the name.
		}
	};
	const values = await dialogs.form({
		title: 'Pull an image',
		fields: [
			{id: 'name', label: 'image', text: '', hint: again === undefined ? 'registry/repository:tag' : `${again}, again`},
			{id: 'platforms', label: 'platforms', text: '', hint: again === undefined ? 'of this machine; or linux/arm64, …; or all' : 'as it is here; or linux/arm64, …; or all'},
		],
		describe: ({name = '', platforms = ''}) => {
			const wanted = name.trim() || again;
			return {preview: `nerdctl pull ${platformFlags(platforms)}${wanted ?? '…'}`, problem: problemOf(wanted, platforms)};
		},
		complete: (id, text) => (id === 'name' ? completeReference(text, {typedBefore, stored, tags: tags.get(typedRepository(text) ?? '') ?? []}) : completePlatforms(text)),
		learn: (id, text) => {
			const repository = id === 'name' ? typedRepository(text) : undefined;
			return repository === undefined || tags.has(repository) ? undefined : learn(repository);
		},
	});
	stop.abort();
	return values === undefined ? undefined : {name: values['name']?.trim() ?? '', platforms: typedPlatforms(values['platforms'] ?? '')};
};

export const pullImages: Command = {
	id: 'images.pull',
	title: 'Pull: the selected again, or another by name',
	scope: 'images',
	keys: ['p'],
	changes: true,
	hint: {label: 'pull', order: 1},
	nerdctl: (state) => `nerdctl pull ${chosen(state)[0]?.images[0].name ?? '…'}`,
	run: async (context) => {
		const {store, services} = context;
		const rows = chosen(store.get());
		if (rows.length > 1) {
			for (const row of rows) pullAgain(context, row);
			return;
		}
		const [row] = rows;
		const asked = await askForName(context, row === undefined ? undefined : shown(row.images[0].name));
		if (asked === undefined) return;
		const {name, platforms} = asked;
		if (name === '') {
			if (row !== undefined) pullAgain(context, row, platforms);
			return;
		}
		startPull(context, {namespace: namespaceOf(store.get()), name, platforms: platforms ?? [machinePlatform(arch)], before: undefined});
		await services.history.add('pull', name).catch(() => {
			// A disk without room for a line of text is told by the pull.
		});
	},
};

export const pushImage: Command = {
	id: 'images.push',
	title: 'Push',
	scope: 'images',
	keys: ['P'],
	changes: true,
	hint: {label: 'push', order: 2},
	refusal: noImage,
	nerdctl: (state) => `nerdctl push ${chosen(state)[0]?.images[0].name ?? '…'}`,
	run: async (context) => {
		const {store, services, dialogs, jobs} = context;
		const [row] = chosen(store.get());
		if (row === undefined) return;
		const image = await pickName(context, row, 'Push which name?');
		if (image === undefined) return;
		const {domain, path, tag, digest} = parseReference(image.name);
		const size = row.summary === undefined ? '' : `, at most ${bytes(row.summary.compressedBytes)}`;
		const agreed = await dialogs.confirm({
			title: `Push ${shown(image.name)}?`,
			lines: [
				`To the registry ${domain}, repository ${path}, ${tag === undefined ? `by digest ${digest ?? ''}` : `tag ${tag}`}.`,
				`What is there already is not sent again${size}. Another target is another name: tag it first.`,
			],
			danger: false,
		});
		if (!agreed) return;
		jobs.start(`Push ${shown(image.name)}`, async ({signal, report}) => {
			const request = {namespace: image.namespace, reference: image.name, platforms: platformsOf(row)};
			const pushed = await services.images.push(request, {signal, onProgress: report});
			return `Pushed ${shown(image.name)} as ${pushed.digest.slice(0, 19)}`;
		});
	},
};

/** Registries count what they are asked: a few at a time, and only on demand. */
const atOnce = 4;

export const checkImages: Command = {
	id: 'images.check',
	title: 'Look whether the registry has something newer',
	scope: 'images',
	keys: ['u'],
	hint: {label: 'newer?', order: 4},
	refusal: (state) => noImage(state) ?? (chosen(state).some((row) => row.images.some(hasTag)) ? undefined : 'Its name has no tag that could lead to something else'),
	run: ({services, store, jobs}) => {
		const images = chosen(store.get()).flatMap((row) => row.images.filter(hasTag));
		jobs.start(images.length === 1 ? `Look for a newer ${shown(images[0]?.name ?? '')}` : `Look for newer ones of ${images.length} images`, async ({signal, report}) => {
			const waiting = [...images];
			const newer: string[] = [];
			let failed = 0;
			const look = async (): Promise<void> => {
				for (let image = waiting.shift(); image !== undefined; image = waiting.shift()) {
					report({step: `${images.length - waiting.length} of ${images.length}`, items: []});
					try {
						const digest = await services.images.latest(image, {signal});
						store.dispatch({type: 'remote-image-seen', key: imageKey(image), remote: {digest, checkedAt: Date.now()}});
						if (digest !== image.target.digest) newer.push(shown(image.name));
					} catch (error) {
						if (isAbort(error) || images.length === 1) throw error;
						failed += 1;
						notify(store, 'bad', sentence(error));
					}
				}
			};
			await Promise.all(Array.from({length: atOnce}, look));
			const [first] = newer;
			const not = failed === 0 ? '' : ` · ${failed} could not be looked for, ctrl-n says why`;
			if (first === undefined) return `${images.length === 1 ? `${shown(images[0]?.name ?? '')} is up to date` : `${images.length - failed} of ${images.length} are up to date`}${not}`;
			return `Update available: ${newer.length === 1 ? first : `${newer.length} images`} · p pulls${not}`;
		});
	},
};

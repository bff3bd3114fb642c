import {Failure, isAbort, isFailure, type Outcome} from '../../errors.ts';
import type {Image} from '../../model/image.ts';
import {decimalBytes} from '../../model/units.ts';
import type {PruneSelection} from '../../services/disk/index.ts';
import {isDangling} from '../../services/images/index.ts';
import {confirm} from './confirm.ts';
import {listContainers} from './containers.ts';
import {plainSentence} from './failures.ts';
import {hasLabels} from './image-filter.ts';
import {print} from './output.ts';
import {hostPlatform} from './platform.ts';
import {timeOf} from './time-flag.ts';
import {defineLine, type Surroundings} from './types.ts';

type Wanted = {
	/** Made before this, epoch ms. */
	readonly until: number | undefined;
	readonly labels: ReadonlyMap<string, string>;
};

const wantedOf = (filters: readonly string[], now: number): Wanted => {
	let until: number | undefined;
	const labels = new Map<string, string>();
	for (const filter of filters) {
		const [, kind = '', value = ''] = /^(until|label)=([\s\S]+)$/.exec(filter) ?? [];
		if (kind === '') throw new Failure('invalid', `invalid filter ${JSON.stringify(filter)}`, {hint: 'filters are until and label, as in until=24h or label=tier=test'});
		if (kind === 'until') until = Math.min(until ?? Number.POSITIVE_INFINITY, timeOf('filter until', value, now) ?? now);
		else {
			const [, name = '', wanted = ''] = /^([^=]*)(?:=([\s\S]*))?$/.exec(value) ?? [];
			labels.set(name, wanted);
		}
	}
	return {until, labels};
};

/** Labels are what the builder wrote into the config. An image whose config is not here has none, and stays. */
const bearsLabels = async ({services, global, signal}: Surroundings, image: Image, labels: Wanted['labels']): Promise<boolean> => {
	if (labels.size === 0) return true;
	const {platforms} = await services.images.inspect(image, {signal, snapshotter: global.snapshotter});
	return hasLabels(hostPlatform(platforms)?.configJson, labels);
};

const select = async (context: Surroundings, isAll: boolean, {until, labels}: Wanted): Promise<readonly Image[]> => {
	const {containerd, global, signal} = context;
	const used = new Set((await listContainers(context)).map(({image}) => image));
	const selected: Image[] = [];
	for (const image of await containerd.images.list(global.namespace, {signal})) {
		if (used.has(image.name) || !(isAll || isDangling(image.name)) || (until !== undefined && image.createdAt >= until)) continue;
		if (await bearsLabels(context, image, labels)) selected.push(image);
	}
	return selected;
};

const removeAll = async ({services, signal}: Surroundings, images: readonly Image[]): Promise<Outcome<string>> => {
	const done: string[] = [];
	const failed: Array<{readonly id: string; readonly error: unknown}> = [];
	for (const image of images) {
		try {
			await services.images.remove(image, {signal});
			done.push(image.name);
		} catch (error) {
			if (isAbort(error)) throw error;
			// Somebody else was quicker.
			if (!isFailure(error, 'not-found')) failed.push({id: image.name, error});
		}
	}
	return {done, failed};
};

/** The whole is measured only when somebody reads the answer. `selected`: what the filters leave. */
const warningOf = async ({services, global, signal}: Surroundings, isAll: boolean, selected: readonly Image[] | undefined): Promise<string> => {
	const what = isAll ? 'all images without at least one container associated to them' : 'all dangling images';
	const names = new Set(selected?.map(({name}) => name));
	const usage = await services.disk.usage({namespaces: [global.namespace], signal});
	const isMeant: PruneSelection['images'] = selected === undefined ? (isAll ? 'unused' : 'dangling') : ({name}) => names.has(name);
	const frees = decimalBytes(usage.freed({images: isMeant, partialPulls: selected === undefined}));
	if (selected === undefined) return `WARNING! This will remove ${what} and free ${frees}.`;
	return `WARNING! This will remove ${what} that match the filters: ${selected.length} ${selected.length === 1 ? 'name' : 'names'}, and free ${frees}.`;
};

export const imagePrune = defineLine({
	verbs: ['image prune'],
	summary: 'Remove unused images',
	usage: '[flags]',
	arity: {least: 0, most: 0},
	flags: {
		all: {type: 'boolean', shortFlag: 'a', help: 'Remove all unused images, not just dangling ones'},
		filter: {type: 'string', isMultiple: true, placeholder: 'NAME=VALUE', help: 'Only images made before until=TIME or SPAN, or with label=KEY[=VALUE]'},
		force: {type: 'boolean', shortFlag: 'f', help: 'Do not prompt for confirmation'},
	},
	async run(context) {
		const {services, global, signal, flags, stderr, clock} = context;
		const wanted = wantedOf(flags.filter, clock());
		const selected = flags.filter.length === 0 ? undefined : await select(context, flags.all, wanted);
		if (!flags.force && !(await confirm(context, await warningOf(context, flags.all, selected)))) return 0;
		// Those have no name that a filter could know.
		const forgotten = selected === undefined ? await services.images.forgetPartial(global.namespace, {signal}) : 0;
		const {done, failed} = selected === undefined ? await services.images.prune(global.namespace, {signal, all: flags.all}) : await removeAll(context, selected);
		if (done.length > 0) await print(context, `Deleted Images:\n${done.map(name => `Untagged: ${name}\n`).join('')}\n`);
		if (forgotten > 0) await print(context, `Deleted Blobs of Failed Pulls: ${forgotten}\n\n`);
		for (const {error} of failed) stderr.write(`${plainSentence(error)}\n`);
		return failed.length > 0 ? 1 : 0;
	},
});

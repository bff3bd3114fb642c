import {isFailure} from '../../errors.ts';
import {collapsedCells, imageHeaders, type ImageRow, imageRow, type PlatformParts} from '../../model/docker-image.ts';
import {imageColumn} from '../../model/reference.ts';
import type {Image} from '../../model/image.ts';
import {cellWidth} from '../../model/cells.ts';
import {listContainers} from './containers.ts';
import {hasLabels, imageFilter, matchesArgument} from './image-filter.ts';
import {inParallel} from './in-parallel.ts';
import {parseFormat, printItems, printTable, refuseQuiet, write} from './output.ts';
import {hostPlatform, unpackedBytes} from './platform.ts';
import {defineLine, type Surroundings} from './types.ts';

type Read = {readonly image: Image; readonly platforms: readonly PlatformParts[]; readonly config: unknown};

/** The platforms whose manifest and config are here; an image that is gone or unreadable has none. */
const read = async ({services, global, signal}: Surroundings, image: Image): Promise<Read> => {
	try {
		const {platforms} = await services.images.inspect(image, {signal, snapshotter: global.snapshotter});
		const here = platforms.filter(({manifestJson, configJson}) => manifestJson !== undefined && configJson !== undefined);
		return {
			image,
			platforms: here.map(platform => ({...platform, unpackedBytes: unpackedBytes(platform)})),
			config: hostPlatform(here)?.configJson,
		};
	} catch (error) {
		if (isFailure(error, 'not-found')) return {image, platforms: [], config: undefined};
		throw error;
	}
};

/** docker 29's list: one line per name, sorted by it, names first. */
const printCollapsed = async (context: Surroundings, images: readonly Read[]): Promise<void> => {
	const {terminal, stdout, containerd, global, signal} = context;
	const digests = new Map((await containerd.images.list(global.namespace, {signal})).map(({name, target}) => [name, target.digest]));
	const used = new Set((await listContainers(context)).map(({image}) => digests.get(image)));
	const rows = images
		.map(({image, platforms}) => ({
			name: imageColumn(image.name),
			cells: collapsedCells(image, platforms),
			isUsed: used.has(image.target.digest),
		}))
		.sort((a, b) => Number(a.name === '<untagged>') - Number(b.name === '<untagged>') || (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
	if (terminal.isTTY) {
		const legend = 'i Info →   U  In Use';
		await write(stdout, `${' '.repeat(Math.max(0, terminal.columns - cellWidth(legend)))}${legend}\n`);
	}
	await printTable(context, [
		['IMAGE', 'ID', 'DISK USAGE', 'CONTENT SIZE', 'EXTRA'],
		...rows.map(({name, cells, isUsed}) => [name, ...cells, isUsed ? 'U' : '']),
	]);
};

const legacyTable = (
	rows: readonly ImageRow[],
	{names, digests}: {readonly names: boolean; readonly digests: boolean},
): ReadonlyArray<readonly string[]> => [
	[...(names ? ['NAME'] : ['REPOSITORY', 'TAG']), ...(digests ? ['DIGEST'] : []), 'IMAGE ID', 'CREATED', 'PLATFORM', 'SIZE', 'BLOB SIZE'],
	...rows.map(row => [
		...(names ? [row.Name] : [row.Repository, row.Tag]),
		...(digests ? [row.Digest] : []),
		row.ID,
		row.CreatedSince,
		row.Platform,
		row.Size,
		row.BlobSize,
	]),
];

export const images = defineLine({
	verbs: ['images', 'image ls', 'image list'],
	summary: 'List images',
	usage: '[flags] [REPOSITORY[:TAG]]',
	arity: {least: 0, most: 1},
	flags: {
		all: {type: 'boolean', shortFlag: 'a', default: true, help: 'All are always shown'},
		digests: {type: 'boolean', help: 'Show digests'},
		filter: {
			type: 'string',
			shortFlag: 'f',
			isMultiple: true,
			splitsAtComma: true,
			placeholder: 'NAME=VALUE',
			help: 'Filter by before, since, label, dangling, reference',
		},
		format: {type: 'string', default: '', placeholder: 'FORMAT', help: "table, wide, json or a Go template such as '{{.Repository}}'"},
		names: {type: 'boolean', help: 'Show image names'},
		noTrunc: {type: 'boolean', help: "Don't truncate output"},
		quiet: {type: 'boolean', shortFlag: 'q', help: 'Only show IDs'},
	},
	async run(context) {
		const {containerd, global, signal, flags, args, clock} = context;
		const format = parseFormat(flags.format, {wide: true});
		refuseQuiet(format, flags.quiet);
		const isArgument = matchesArgument(args[0]);
		const all = (await containerd.images.list(global.namespace, {signal})).filter(isArgument);
		const filter = imageFilter(flags.filter, all);
		const matching = all.filter(filter.matches).sort((a, b) => b.createdAt - a.createdAt);
		const found = await inParallel(matching, image => read(context, image), 4);
		const shown = filter.labels.size === 0 ? found : found.filter(({config}) => hasLabels(config, filter.labels));
		const {names, digests, noTrunc, quiet} = flags;
		if (flags.format === '' && !quiet && !noTrunc && !digests && !names) {
			await printCollapsed(
				context,
				shown.filter(({platforms}) => platforms.length > 0),
			);
			return 0;
		}
		const rows = shown.flatMap(({image, platforms}) => platforms.map(parts => imageRow(image, parts, {truncated: !noTrunc, now: clock()})));
		if (quiet)
			await printTable(
				context,
				rows.map(({ID}) => [ID]),
			);
		else if (format.kind === 'template' || format.kind === 'columns') await printItems(context, format, rows, imageHeaders, emptyRow());
		else await printTable(context, legacyTable(rows, {names, digests: digests || format.kind === 'wide'}));
		return 0;
	},
});

/** Its fields give the header of an empty table. */
const emptyRow = (): ImageRow =>
	imageRow(
		{namespace: '', name: '', labels: {}, target: {mediaType: '', digest: '', sizeBytes: 0, annotations: {}}, createdAt: 0, updatedAt: 0},
		{manifest: {mediaType: '', digest: '', sizeBytes: 0, annotations: {}}, manifestJson: undefined, configJson: undefined, unpackedBytes: 0},
		{truncated: true, now: 0},
	);

import type {DiskUsage} from '../../model/disk-usage.ts';
import {decimalBytes} from '../../model/units.ts';
import {parseFormat, print, printItems, printTable} from './output.ts';
import {defineLine} from './types.ts';

type Kind = {readonly type: string; readonly total: number; readonly active: number; readonly sizeBytes: number; readonly reclaimableBytes: number};

const sum = <T>(items: readonly T[], bytesOf: (item: T) => number): number => items.reduce((bytes, item) => bytes + bytesOf(item), 0);

/** Docker's four rows, and one for what docker does not show: bytes that belong to no image, waiting for the garbage collector. */
const kindsOf = (usage: DiskUsage): readonly Kind[] => {
	const {images, containers, volumes, reclaimable, buildCache} = usage;
	return [
		{type: 'Images', total: images.length, active: images.filter((image) => image.containers > 0).length, sizeBytes: usage.imageBytes, reclaimableBytes: reclaimable.unusedImages},
		{
			type: 'Containers',
			total: containers.length,
			active: containers.filter(({status}) => status === 'running' || status === 'paused').length,
			sizeBytes: sum(containers, (container) => container.sizeBytes),
			reclaimableBytes: reclaimable.stoppedContainers,
		},
		{
			type: 'Local Volumes',
			total: volumes.length,
			active: volumes.filter(({usedBy}) => usedBy.length > 0).length,
			sizeBytes: sum(volumes, (volume) => volume.sizeBytes),
			reclaimableBytes: reclaimable.unusedVolumes,
		},
		{type: 'Build Cache', total: buildCache?.count ?? 0, active: 0, sizeBytes: buildCache?.sizeBytes ?? 0, reclaimableBytes: buildCache?.sizeBytes ?? 0},
		{
			type: 'Unreferenced',
			total: usage.unusedContent.count + usage.snapshotters.reduce((count, {unused}) => count + unused.count, 0),
			active: 0,
			sizeBytes: reclaimable.unusedContent + reclaimable.unusedSnapshots,
			reclaimableBytes: reclaimable.unusedContent + reclaimable.unusedSnapshots,
		},
	];
};

const reclaimableText = ({sizeBytes, reclaimableBytes}: Kind): string =>
	sizeBytes === 0 ? decimalBytes(reclaimableBytes) : `${decimalBytes(reclaimableBytes)} (${Math.round((reclaimableBytes / sizeBytes) * 100)}%)`;

/** Everything with its own size: what -v adds. */
const details = (usage: DiskUsage): readonly string[] => [
	'',
	'Images space usage:',
	...usage.images.map(({namespace, names, sizeBytes, uniqueBytes, containers}) =>
		[namespace, names[0] ?? '<none>', decimalBytes(sizeBytes), `unique ${decimalBytes(uniqueBytes)}`, `${containers} containers`].join('  '),
	),
	'',
	'Containers space usage:',
	...usage.containers.map(({namespace, id, image, status, sizeBytes}) => [namespace, id.slice(0, 12), image, status ?? 'created', decimalBytes(sizeBytes)].join('  ')),
	'',
	'Snapshotters space usage:',
	...usage.snapshotters.map(({snapshotter, committed, active, unused}) =>
		[snapshotter, `${committed.count} committed ${decimalBytes(committed.sizeBytes)}`, `${active.count} active ${decimalBytes(active.sizeBytes)}`, `${unused.count} unused ${decimalBytes(unused.sizeBytes)}`].join('  '),
	),
	...(usage.partialPulls.count === 0 ? [] : [`left by failed pulls  ${usage.partialPulls.count} things ${decimalBytes(usage.partialPulls.sizeBytes)}`]),
	...(usage.ingests.count === 0 ? [] : [`being written  ${usage.ingests.count} blobs ${decimalBytes(usage.ingests.sizeBytes)}`]),
	'',
	'Local Volumes space usage:',
	...usage.volumes.map(({namespace, name, usedBy, sizeBytes}) => [namespace, name, `${usedBy.length} containers`, decimalBytes(sizeBytes)].join('  ')),
];

export const systemDf = defineLine({
	verbs: ['system df'],
	summary: 'Show where the bytes are, and what could be freed',
	usage: '[flags]',
	arity: {least: 0, most: 0},
	flags: {
		verbose: {type: 'boolean', shortFlag: 'v', help: 'Every image, container, snapshotter and volume with its own size'},
		format: {type: 'string', default: '', placeholder: 'FORMAT', help: "table, json or a Go template such as '{{.Type}} {{.Size}}'"},
	},
	async run(context) {
		const {services, signal, flags, stderr} = context;
		const usage = await services.disk.usage({signal});
		const rows = kindsOf(usage).map((kind) => ({
			Type: kind.type,
			TotalCount: String(kind.total),
			Active: String(kind.active),
			Size: decimalBytes(kind.sizeBytes),
			Reclaimable: reclaimableText(kind),
		}));
		const format = parseFormat(flags.format);
		if (format.kind === 'table' || format.kind === 'wide') {
			await printTable(context, [['TYPE', 'TOTAL', 'ACTIVE', 'SIZE', 'RECLAIMABLE'], ...rows.map((row) => Object.values(row))]);
			if (flags.verbose) await print(context, `${details(usage).join('\n')}\n`);
		} else await printItems(context, format, rows);
		for (const problem of usage.problems) stderr.write(`${problem}\n`);
		return usage.problems.length > 0 ? 1 : 0;
	},
});

import {Failure} from '../../errors.ts';
import {historyRow} from '../../model/docker-image.ts';
import {parseFormat, printItems, printTable} from './output.ts';
import {hostPlatform} from './platform.ts';
import {defineLine} from './types.ts';

export const history = defineLine({
	verbs: ['history', 'image history'],
	summary: 'Show the history of an image',
	usage: '[flags] IMAGE',
	arity: {least: 1, most: 1},
	flags: {
		format: {
			type: 'string',
			shortFlag: 'f',
			default: '',
			placeholder: 'FORMAT',
			help: "table, json or a Go template such as '{{.CreatedBy}}'",
		},
		human: {type: 'boolean', shortFlag: 'H', default: true, help: 'Print sizes and dates in human readable format'},
		noTrunc: {type: 'boolean', help: "Don't truncate output"},
		quiet: {type: 'boolean', shortFlag: 'q', help: 'Only show snapshots'},
	},
	async run(context) {
		const {services, global, signal, flags, args, clock} = context;
		const [name = ''] = args;
		const format = parseFormat(flags.format);
		const found = await services.images.find(global.namespace, name, {signal});
		const [image] = found;
		if (image === undefined) throw new Failure('not-found', `no such image: ${name}`);
		if (new Set(found.map(({target}) => target.digest)).size > 1)
			throw new Failure('conflict', `multiple IDs found with provided prefix: ${name}`);
		const {platforms} = await services.images.inspect(image, {signal, snapshotter: global.snapshotter});
		const platform = hostPlatform(platforms);
		if (platform === undefined)
			throw new Failure('not-found', `Could not show the history of ${name}: its config is not in the content store`, {
				hint: 'pull the image again',
			});
		const isTemplate = format.kind === 'template' || format.kind === 'columns';
		const quiet = flags.quiet && !isTemplate;
		const options = {truncated: !flags.noTrunc, human: flags.human, quiet, now: clock()};
		const rows = platform.history
			.map(entry =>
				historyRow(
					{
						createdAt: entry.createdAt,
						createdBy: entry.createdBy,
						comment: entry.comment,
						snapshot: entry.emptyLayer || entry.unpackedBytes === undefined ? undefined : entry.chainId,
						sizeBytes: entry.unpackedBytes ?? 0,
					},
					options,
				),
			)
			.reverse();
		if (isTemplate) await printItems(context, format, rows, {CreatedSince: 'CREATED'});
		else if (quiet)
			await printTable(
				context,
				rows.map(({Snapshot}) => [Snapshot]),
			);
		else
			await printTable(context, [
				['SNAPSHOT', 'CREATED', 'CREATED BY', 'SIZE', 'COMMENT'],
				...rows.map(row => [row.Snapshot, row.CreatedSince, row.CreatedBy, row.Size, row.Comment]),
			]);
		return 0;
	},
});

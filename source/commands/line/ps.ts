import {isFailure} from '../../errors.ts';
import type {Container} from '../../model/container.ts';
import {argsOf} from '../../model/docker-spec.ts';
import {type ListItem, listHeaders, listItem} from '../../model/docker-list.ts';
import {progressBytes} from '../../model/docker-units.ts';
import {ago} from '../../model/units.ts';
import {listContainers, snapshotSize} from './containers.ts';
import {inParallel} from './in-parallel.ts';
import {parseFormat, printItems, printTable, refuseQuiet} from './output.ts';
import {containerFilter} from './ps-filter.ts';
import {readPorts} from './state-files.ts';
import {defineLine, type Surroundings} from './types.ts';

type RowOptions = {readonly truncated: boolean; readonly withSize: boolean; readonly withCommand: boolean; readonly now: number};

/** The command is in the spec, which is a call per container: a template that can't show it saves them all. */
const mayShowCommand = (template: string): boolean => /Command|json|[.$]\s*(?:[|)}]|-)/.test(template);

const sizeText = async (context: Surroundings, container: Container): Promise<string> => {
	if (container.snapshotKey === '') return '0.0 B (virtual 0.0 B)';
	const {writableBytes, allBytes} = await snapshotSize(context, container.snapshotter, container.snapshotKey);
	return `${progressBytes(writableBytes)} (virtual ${progressBytes(allBytes)})`;
};

/** Undefined for a container that went away while we looked. */
const row = async (context: Surroundings, container: Container, {truncated, withSize, withCommand, now}: RowOptions): Promise<ListItem | undefined> => {
	const {services, host, signal} = context;
	try {
		const [{spec}, ports, size] = await Promise.all([
			withCommand ? services.containers.inspect(container, {signal}) : {spec: undefined},
			readPorts(host, container),
			withSize ? sizeText(context, container) : '',
		]);
		return listItem({container, args: argsOf(spec), ports, size, truncated, now});
	} catch (error) {
		if (isFailure(error, 'not-found')) return undefined;
		throw error;
	}
};

const cells = (item: ListItem, now: number): readonly string[] => [
	item.ID,
	item.Image,
	item.Command,
	ago(item.CreatedAt.getTime(), now),
	item.Status,
	item.Ports,
	item.Names,
];
const titles = ['CONTAINER ID', 'IMAGE', 'COMMAND', 'CREATED', 'STATUS', 'PORTS', 'NAMES'];

const selected = (all: readonly Container[], filters: readonly string[], last: number, anyState: boolean): readonly Container[] => {
	const filter = containerFilter(filters, all);
	const matching = all.filter(filter.matches);
	if (last > 0) return matching.slice(0, last);
	return anyState || filter.anyState ? matching : matching.filter(({task}) => task?.status === 'running');
};

export const ps = defineLine({
	verbs: ['ps', 'container ls', 'container list', 'container ps'],
	summary: 'List containers',
	usage: '[flags]',
	arity: {least: 0, most: 0},
	flags: {
		all: {type: 'boolean', shortFlag: 'a', help: 'Show all containers (default shows just running)'},
		filter: {
			type: 'string',
			shortFlag: 'f',
			isMultiple: true,
			splitsAtComma: true,
			placeholder: 'NAME=VALUE',
			help: 'Filter by id, name, label, exited, status, before, since, volume, network',
		},
		format: {type: 'string', default: '', placeholder: 'FORMAT', help: "table, wide, json or a Go template such as '{{.ID}}'"},
		last: {
			type: 'number',
			shortFlag: 'n',
			default: -1,
			placeholder: 'COUNT',
			help: 'Show the last created containers (includes all states)',
		},
		latest: {type: 'boolean', shortFlag: 'l', help: 'Show the latest created container (includes all states)'},
		noTrunc: {type: 'boolean', help: "Don't truncate output"},
		quiet: {type: 'boolean', shortFlag: 'q', help: 'Only display container IDs'},
		size: {type: 'boolean', shortFlag: 's', help: 'Display total file sizes'},
	},
	async run(context) {
		const {flags, clock} = context;
		const format = parseFormat(flags.format, {wide: true});
		refuseQuiet(format, flags.quiet);
		const all = await listContainers(context);
		const shown = selected(all, flags.filter, flags.latest ? 1 : flags.last, flags.all);
		if (flags.quiet) {
			await printTable(
				context,
				shown.map(({id}) => [flags.noTrunc ? id : id.slice(0, 12)]),
			);
			return 0;
		}
		const now = clock();
		const withSize = flags.size || format.kind === 'wide';
		const withCommand = (format.kind !== 'template' && format.kind !== 'columns') || mayShowCommand(flags.format);
		const rows = (await inParallel(shown, container => row(context, container, {truncated: !flags.noTrunc, withSize, withCommand, now}))).filter(
			item => item !== undefined,
		);
		switch (format.kind) {
			case 'template':
			case 'columns':
				await printItems(context, format, rows, listHeaders, emptyItem);
				break;
			case 'wide':
				await printTable(context, [
					[...titles, 'RUNTIME', 'PLATFORM', 'SIZE'],
					...rows.map(item => [...cells(item, now), item.Runtime, item.Platform, item.Size]),
				]);
				break;
			case 'table':
				await printTable(context, [
					[...titles, ...(withSize ? ['SIZE'] : [])],
					...rows.map(item => [...cells(item, now), ...(withSize ? [item.Size] : [])]),
				]);
		}
		return 0;
	},
});

/** Its fields give the header of an empty table. */
const emptyItem = listItem({
	container: {
		namespace: '',
		id: '',
		image: '',
		labels: {},
		runtime: '',
		snapshotter: '',
		snapshotKey: '',
		sandboxId: '',
		createdAt: 0,
		updatedAt: 0,
		task: undefined,
	},
	args: undefined,
	ports: [],
	size: '',
	truncated: true,
	now: 0,
});

import {Failure} from '../../errors.ts';
import {progressBytes} from '../../model/docker-units.ts';
import {goStruct} from '../../model/template-struct.ts';
import type {Volume} from '../../services/volumes/index.ts';
import {confirm} from './confirm.ts';
import {forEachArgument, plainSentence} from './failures.ts';
import {inParallel} from './in-parallel.ts';
import {inspectPrinter} from './inspect-output.ts';
import {labelsOf} from './labels-flag.ts';
import {parseFormat, print, printItems, printTable, refuseQuiet} from './output.ts';
import {defineLine} from './types.ts';
import {isSizeFilter, isUseFilter, volumeFilter} from './volume-filter.ts';

export const volumeCreate = defineLine({
	verbs: ['volume create'],
	summary: 'Create a volume',
	usage: '[flags] [VOLUME]',
	arity: {least: 0, most: 1},
	flags: {label: {type: 'string', isMultiple: true, placeholder: 'KEY=VALUE', help: 'Set a label on the volume'}},
	refused: {driver: 'volumes are directories of this machine', d: 'volumes are directories of this machine', opt: 'volumes are directories of this machine', o: 'volumes are directories of this machine'},
	async run(context) {
		const {services, global, signal, flags, args} = context;
		if (flags.label.includes('')) throw new Failure('invalid', 'labels cannot be empty');
		const [name] = args;
		const wanted = {...(name === undefined ? {} : {name}), labels: labelsOf(flags.label, '')};
		const {volume, created} = await services.volumes.create(global.namespace, wanted, {signal});
		if (!created) context.stderr.write(`volume ${volume.name} already exists and is left as it is\n`);
		await print(context, `${volume.name}\n`);
		return 0;
	},
});

const listed = (volume: Volume, size: string) =>
	goStruct('volume.volumePrintable', {
		Driver: 'local',
		Labels: Object.entries(volume.labels)
			.map(([key, value]) => `${key}=${value}`)
			.sort()
			.join(','),
		Mountpoint: volume.path,
		Name: volume.name,
		Scope: 'local',
		Size: size,
	});

export const volumeList = defineLine({
	verbs: ['volume ls', 'volume list'],
	summary: 'List volumes',
	usage: '[flags]',
	arity: {least: 0, most: 0},
	flags: {
		quiet: {type: 'boolean', shortFlag: 'q', help: 'Only display volume names'},
		format: {type: 'string', default: '', placeholder: 'FORMAT', help: "table, json or a Go template such as '{{.Name}}'"},
		size: {type: 'boolean', shortFlag: 's', help: 'Display how much is in them, which has to be counted'},
		filter: {type: 'string', shortFlag: 'f', isMultiple: true, splitsAtComma: true, placeholder: 'NAME=VALUE', help: 'Filter by dangling, driver, label, name, size'},
	},
	async run(context) {
		const {services, global, signal, flags, stderr} = context;
		const format = parseFormat(flags.format, {wide: true});
		refuseQuiet(format, flags.quiet);
		const measures = flags.filter.some(isSizeFilter);
		if (flags.quiet && measures) stderr.write('cannot use --filter=size and --quiet together, ignoring --filter=size\n');
		if (flags.quiet && flags.size) stderr.write('cannot use --size and --quiet together, ignoring --size\n');
		const matches = volumeFilter(flags.quiet ? flags.filter.filter(filter => !isSizeFilter(filter)) : flags.filter);
		const isSized = !flags.quiet && (flags.size || measures);
		const used = flags.filter.some(isUseFilter) ? await services.volumes.users(global.namespace, {signal}) : new Map<string, unknown>();
		const all = await inParallel(
			await services.volumes.list(global.namespace, {signal}),
			async volume => ({volume, isUsed: used.has(volume.name), sizeBytes: isSized ? await services.volumes.size(volume, {signal}) : 0}),
			4,
		);
		const rows = all.filter(matches).map(({volume, sizeBytes}) => listed(volume, isSized ? progressBytes(sizeBytes) : ''));
		if (format.kind === 'template' || format.kind === 'columns') await printItems(context, format, rows, {Name: 'VOLUME NAME'}, listed({name: '', namespace: '', path: '', labels: {}, isAnonymous: false, createdAt: 0}, ''));
		else if (flags.quiet)
			await printTable(
				context,
				rows.map(({Name}) => [Name]),
			);
		else
			await printTable(context, [
				['VOLUME NAME', 'DIRECTORY', ...(isSized ? ['SIZE'] : [])],
				...rows.map(({Name, Mountpoint, Size}) => [Name, Mountpoint, ...(isSized ? [Size] : [])]),
			]);
		return 0;
	},
});

export const volumeInspect = defineLine({
	verbs: ['volume inspect'],
	summary: 'Display detailed information on one or more volumes',
	usage: '[flags] VOLUME [VOLUME...]',
	arity: {least: 1},
	flags: {
		format: {type: 'string', shortFlag: 'f', default: '', placeholder: 'FORMAT', help: "json or a Go template such as '{{.Mountpoint}}'"},
		size: {type: 'boolean', shortFlag: 's', help: 'Display how much is in it'},
	},
	async run(context) {
		const {services, global, signal, flags, args} = context;
		const printObjects = inspectPrinter(flags.format);
		const objects: unknown[] = [];
		const code = await forEachArgument(args, context, async name => {
			const volume = await services.volumes.get(global.namespace, name, {signal});
			const {path, labels} = volume;
			const Size = flags.size ? await services.volumes.size(volume, {signal}) : 0;
			objects.push(goStruct('native.Volume', {Name: name, Mountpoint: path, Labels: Object.keys(labels).length === 0 ? null : labels, Size}, {omitEmpty: ['Labels', 'Size']}));
		});
		await printObjects(context, objects);
		return code;
	},
});

export const volumeRemove = defineLine({
	verbs: ['volume rm', 'volume remove'],
	summary: 'Remove one or more volumes',
	usage: '[flags] VOLUME [VOLUME...]',
	arity: {least: 1},
	flags: {force: {type: 'boolean', shortFlag: 'f', help: 'Accepted and ignored: a volume in use is never removed'}},
	run: context =>
		forEachArgument(context.args, context, async name => {
			const {services, global, signal} = context;
			await services.volumes.remove(global.namespace, name, {signal});
			await print(context, `${name}\n`);
		}),
});

export const volumePrune = defineLine({
	verbs: ['volume prune'],
	summary: 'Remove all unused local volumes',
	usage: '[flags]',
	arity: {least: 0, most: 0},
	flags: {
		all: {type: 'boolean', shortFlag: 'a', help: 'Remove all unused volumes, not just anonymous ones'},
		force: {type: 'boolean', shortFlag: 'f', help: 'Do not prompt for confirmation'},
	},
	refused: {filter: 'select with volume ls -q -f and remove with volume rm'},
	async run(context) {
		const {services, global, signal, flags, stderr} = context;
		const which = flags.all ? 'all local volumes' : 'all anonymous local volumes';
		if (!flags.force && !(await confirm(context, `WARNING! This will remove ${which} not used by at least one container.`))) return 0;
		const {done, failed} = await services.volumes.prune(global.namespace, {signal, all: flags.all});
		if (done.length > 0) await print(context, `Deleted Volumes:\n${done.join('\n')}\n\n`);
		for (const {error} of failed) stderr.write(`${plainSentence(error)}\n`);
		return failed.length > 0 ? 1 : 0;
	},
});

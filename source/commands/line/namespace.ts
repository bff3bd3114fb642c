import {Failure, isFailure} from '../../errors.ts';
import {labels} from '../../model/labels.ts';
import {ownerOf} from '../../model/namespace.ts';
import {goStruct, nilMap} from '../../model/template-struct.ts';
import {contentsOf} from '../../services/namespaces/index.ts';
import {confirm} from './confirm.ts';
import {listContainers} from './containers.ts';
import {forEachArgument} from './failures.ts';
import {inspectPrinter} from './inspect-output.ts';
import {inParallel} from './in-parallel.ts';
import {labelsOf} from './labels-flag.ts';
import {parseFormat, print, printItems, printTable, refuseQuiet} from './output.ts';
import {defineLine} from './types.ts';

const label = {type: 'string', shortFlag: 'l', isMultiple: true, placeholder: 'KEY=VALUE', help: 'Set labels for a namespace'} as const;

export const namespaceList = defineLine({
	verbs: ['namespace ls', 'namespace list', 'ns ls', 'ns list'],
	summary: 'List namespaces',
	usage: '[flags]',
	arity: {least: 0, most: 0},
	flags: {
		format: {type: 'string', shortFlag: 'f', default: '', placeholder: 'FORMAT', help: "table, json or a Go template such as '{{.Name}}'"},
		quiet: {type: 'boolean', shortFlag: 'q', help: 'Only display names'},
	},
	async run(context) {
		const {services, signal, flags} = context;
		const format = parseFormat(flags.format, {wide: true});
		refuseQuiet(format, flags.quiet);
		const namespaces = await services.namespaces.list({signal});
		if (flags.quiet) {
			await printTable(
				context,
				namespaces.map(({name}) => [name]),
			);
			return 0;
		}
		const rows = await inParallel(
			namespaces,
			async ({name, labels}) => {
				const {containers, images, volumes} = await services.namespaces.inspect(name, {signal});
				return goStruct('namespace.namespace', {
					Name: name,
					Containers: containers,
					Images: images,
					Volumes: volumes,
					Labels: Object.keys(labels).length === 0 ? nilMap : labels,
				});
			},
			4,
		);
		if (format.kind === 'template' || format.kind === 'columns') await printItems(context, format, rows);
		else
			await printTable(context, [
				['NAME', 'CONTAINERS', 'IMAGES', 'VOLUMES', 'LABELS'],
				...rows.map(({Name, Containers, Images, Volumes, Labels}) => [
					Name,
					String(Containers),
					String(Images),
					String(Volumes),
					Object.entries(Labels)
						.map(([key, value]) => `${key}=${value}`)
						.sort()
						.join(','),
				]),
			]);
		return 0;
	},
});

export const namespaceCreate = defineLine({
	verbs: ['namespace create', 'ns create'],
	summary: 'Create a new namespace',
	usage: '[flags] NAMESPACE',
	arity: {least: 1, most: 1},
	flags: {label},
	async run({services, signal, flags, args}) {
		await services.namespaces.create(args[0] ?? '', {signal, labels: labelsOf(flags.label)});
		return 0;
	},
});

export const namespaceInspect = defineLine({
	verbs: ['namespace inspect', 'ns inspect'],
	summary: 'Display detailed information on one or more namespaces',
	usage: '[flags] NAMESPACE [NAMESPACE...]',
	arity: {least: 1},
	flags: {format: {type: 'string', shortFlag: 'f', default: '', placeholder: 'FORMAT', help: "json or a Go template such as '{{.Name}}'"}},
	async run(context) {
		const {services, signal, flags, args} = context;
		const printObjects = inspectPrinter(flags.format);
		const known = new Map((await services.namespaces.list({signal})).map(namespace => [namespace.name, namespace]));
		const objects: unknown[] = [];
		const code = await forEachArgument(args, context, async name => {
			const namespace = known.get(name);
			if (namespace === undefined) throw new Failure('not-found', `namespace ${name}: not found`);
			objects.push(
				goStruct('native.Namespace', {Name: name, Labels: Object.keys(namespace.labels).length === 0 ? nilMap : namespace.labels}),
			);
		});
		await printObjects(context, objects);
		return code;
	},
});

/** What is in it, for whoever is to agree that it goes: the containers by name, since somebody may need them. */
const warningOf = async (context: Parameters<typeof listContainers>[0], name: string, inside: readonly string[]): Promise<string> => {
	const containers = await listContainers(context, name);
	const named = containers.slice(0, 20).map(({id, labels: own, task}) => `  - container ${own[labels.name] || id.slice(0, 12)}${task === undefined ? '' : `, ${task.status}`}`);
	return [
		`WARNING! This will remove namespace ${name} with ${inside.join(', ')}:`,
		...named,
		...(containers.length > named.length ? [`  - and ${containers.length - named.length} more`] : []),
	].join('\n');
};

export const namespaceRemove = defineLine({
	verbs: ['namespace remove', 'namespace rm', 'ns remove', 'ns rm'],
	summary: 'Remove one or more namespaces, and what is in them after a question',
	usage: '[flags] NAMESPACE [NAMESPACE...]',
	arity: {least: 1},
	flags: {force: {type: 'boolean', shortFlag: 'f', help: 'Remove what is in them without a question'}},
	refused: {
		cgroup: "a namespace's cgroup is systemd's or the runtime's to delete",
		c: "a namespace's cgroup is systemd's or the runtime's to delete",
	},
	run: context =>
		forEachArgument(context.args, context, async name => {
			const {services, signal, flags} = context;
			try {
				const inside = contentsOf(await services.namespaces.inspect(name, {signal}));
				if (inside.length > 0 && !flags.force && ownerOf(name) === undefined && !(await confirm(context, await warningOf(context, name, inside)))) return;
				await services.namespaces.remove(name, {signal, contents: true});
			} catch (error) {
				// It is not there, which was wanted: nerdctl answers the same.
				if (!isFailure(error, 'not-found')) throw error;
			}
			await print(context, `${name}\n`);
		}),
});

export const namespaceUpdate = defineLine({
	verbs: ['namespace update', 'ns update'],
	summary: 'Update labels of a namespace',
	usage: '[flags] NAMESPACE',
	arity: {least: 1, most: 1},
	flags: {label},
	async run({services, signal, flags, args}) {
		const [name = ''] = args;
		if (flags.label.length === 0)
			throw new Failure('invalid', 'required flag(s) "label" not set', {hint: 'say which with --label KEY=VALUE'});
		const namespaces = await services.namespaces.list({signal});
		if (!namespaces.some(namespace => namespace.name === name)) throw new Failure('not-found', `namespace ${name}: not found`);
		await services.namespaces.update(name, labelsOf(flags.label), {signal});
		return 0;
	},
});

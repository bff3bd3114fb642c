import {checkedProjectName} from '../../../model/compose/name.ts';
import {composeLabels} from '../../../model/compose/request/index.ts';
import {listItem} from '../../../model/docker-list.ts';
import {argsOf} from '../../../model/docker-spec.ts';
import {displayName} from '../../../model/grouping.ts';
import {goStruct} from '../../../model/template-struct.ts';
import {composeFlags} from './flags.ts';
import {projectOf} from './project.ts';
import {listContainers} from '../containers.ts';
import {inParallel} from '../in-parallel.ts';
import {parseFormat, print, printItems, printTable, refuseQuiet} from '../output.ts';
import {readPorts} from '../state-files.ts';
import {defineLine} from '../types.ts';

export const composePs = defineLine({
	verbs: ['compose ps'],
	summary: "List a project's containers",
	usage: '[flags] [SERVICE, ...]',
	arity: {least: 0},
	flags: {
		...composeFlags,
		all: {type: 'boolean', shortFlag: 'a', help: 'Show all containers (default shows just running)'},
		format: {type: 'string', default: '', placeholder: 'FORMAT', help: "table, json or a Go template such as '{{.Name}}'"},
		quiet: {type: 'boolean', shortFlag: 'q', help: 'Only display container IDs'},
		services: {type: 'boolean', help: 'Only display the names of services that have containers'},
	},
	async run(context) {
		const {flags, args, services, host, signal, clock} = context;
		const format = parseFormat(flags.format);
		refuseQuiet(format, flags.quiet);
		const name = flags.projectName === undefined ? (await projectOf(context, flags, {services: args})).project.name : checkedProjectName(flags.projectName);
		const own = (await listContainers(context))
			.filter(({labels}) => labels[composeLabels.project] === name && (args.length === 0 || args.includes(labels[composeLabels.service] ?? '')))
			.filter(({task}) => flags.all || task?.status === 'running')
			.sort((one, other) => (displayName(one) < displayName(other) ? -1 : 1));
		if (flags.quiet || flags.services) {
			const words = own.map(({id, labels}) => (flags.quiet ? id : (labels[composeLabels.service] ?? '')));
			await print(context, [...new Set(words)].map(word => `${word}\n`).join(''));
			return 0;
		}
		const now = clock();
		const rows = await inParallel(own, async container => {
			const [{spec}, ports] = await Promise.all([services.containers.inspect(container, {signal}), readPorts(host, container)]);
			const item = listItem({container, args: argsOf(spec), ports, size: '', truncated: true, now});
			const service = container.labels[composeLabels.service] ?? '';
			return goStruct('compose.composeContainerPrintable', {ID: container.id, Name: displayName(container), Image: item.Image, Command: item.Command, Project: name, Service: service, State: container.task?.status ?? 'created', Status: item.Status, Ports: item.Ports});
		});
		if (format.kind === 'template' || format.kind === 'columns') await printItems(context, format, rows);
		else
			await printTable(context, [
				['NAME', 'IMAGE', 'COMMAND', 'SERVICE', 'STATUS', 'PORTS'],
				...rows.map(row => [row.Name, row.Image, row.Command, row.Service, row.Status, row.Ports]),
			]);
		return 0;
	},
});

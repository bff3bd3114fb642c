import {Failure} from '../../../errors.ts';
import {checkedProjectName} from '../../../model/compose/name.ts';
import {composeLabels} from '../../../model/compose/request/index.ts';
import type {Container} from '../../../model/container.ts';
import {listItem} from '../../../model/docker-list.ts';
import {dockerState, healthStateOf} from '../../../model/docker-status.ts';
import {argsOf} from '../../../model/docker-spec.ts';
import {displayName} from '../../../model/grouping.ts';
import {goStruct, sliceOf} from '../../../model/template-struct.ts';
import {composeFlags} from './flags.ts';
import {projectOf} from './project.ts';
import {listContainers} from '../containers.ts';
import {inParallel} from '../in-parallel.ts';
import {parseFormat, print, printItems, printTable, refuseQuiet} from '../output.ts';
import {readPorts} from '../state-files.ts';
import {defineLine} from '../types.ts';

/** docker's words for the states of a container. */
const states = ['paused', 'restarting', 'removing', 'running', 'dead', 'created', 'exited'] as const;

const stateOf = (container: Container): string => (container.task === undefined ? 'created' : dockerState(container, container.task));

/** Of `--status` and `--filter status=…`; empty: any. */
const wantedStates = (status: readonly string[], filters: readonly string[]): ReadonlySet<string> => {
	const filtered = filters.map(filter => {
		const [, key = '', value = ''] = /^([^=]*)=([\s\S]*)$/.exec(filter) ?? [];
		if (key !== 'status') throw new Failure('invalid', `${filter} is an invalid filter`, {hint: 'it is status=STATUS'});
		return value;
	});
	const all = [...status, ...filtered];
	const strange = all.find(state => !states.some(known => known === state));
	if (strange !== undefined) throw new Failure('invalid', `there is no state ${JSON.stringify(strange)}`, {hint: `states are ${states.join(', ')}`});
	return new Set(all);
};

const isOneOff = ({labels}: Container): boolean => labels[composeLabels.oneOff]?.toLowerCase() === 'true';

export const composePs = defineLine({
	verbs: ['compose ps'],
	summary: "List a project's containers",
	usage: '[flags] [SERVICE, ...]',
	arity: {least: 0},
	flags: {
		...composeFlags,
		all: {type: 'boolean', shortFlag: 'a', help: 'Show all containers (default shows just running)'},
		format: {type: 'string', default: '', placeholder: 'FORMAT', help: "table, json or a Go template such as '{{.Name}}'"},
		filter: {type: 'string', isMultiple: true, placeholder: 'status=STATUS', help: 'Only containers in that state; implies -a'},
		noTrunc: {type: 'boolean', help: "Don't truncate output"},
		orphans: {type: 'boolean', default: true, help: 'Also containers of services that the project has no more'},
		status: {type: 'string', isMultiple: true, splitsAtComma: true, placeholder: 'STATUS', help: `The same: ${states.join(', ')}`},
		quiet: {type: 'boolean', shortFlag: 'q', help: 'Only display container IDs'},
		services: {type: 'boolean', help: 'Only display the names of services that have containers'},
	},
	async run(context) {
		const {flags, args, services, host, signal, clock} = context;
		const format = parseFormat(flags.format);
		refuseQuiet(format, flags.quiet);
		const wanted = wantedStates(flags.status, flags.filter);
		// A project that is named is listed by its labels, whether its files are there or not; who is an orphan only they know.
		const project = flags.projectName !== undefined && flags.orphans ? undefined : (await projectOf(context, {...flags, profile: flags.profile.length === 0 ? ['*'] : flags.profile}, {services: args})).project;
		const name = project?.name ?? checkedProjectName(flags.projectName ?? '');
		const isChosen = (service: string): boolean => (args.length === 0 || args.includes(service)) && (flags.orphans || project?.services[service] !== undefined);
		const isShown = (container: Container): boolean => {
			if (wanted.size > 0) return wanted.has(stateOf(container));
			return flags.all || (container.task?.status === 'running' && !isOneOff(container));
		};
		const own = (await listContainers(context))
			.filter(container => container.labels[composeLabels.project] === name && isChosen(container.labels[composeLabels.service] ?? '') && isShown(container))
			.sort((one, other) => (displayName(one) < displayName(other) ? -1 : 1));
		if (flags.quiet || flags.services) {
			const words = own.map(({id, labels}) => (flags.quiet ? id : (labels[composeLabels.service] ?? '')));
			await print(context, [...new Set(words)].map(word => `${word}\n`).join(''));
			return 0;
		}
		const now = clock();
		const rows = await inParallel(own, async container => {
			const [{spec}, ports] = await Promise.all([services.containers.inspect(container, {signal}), readPorts(host, container)]);
			const item = listItem({container, args: argsOf(spec), ports, size: '', truncated: !flags.noTrunc, now});
			const service = container.labels[composeLabels.service] ?? '';
			return goStruct('compose.composeContainerPrintable', {
				ID: container.id,
				Name: displayName(container),
				Image: item.Image,
				Command: item.Command,
				Project: name,
				Service: service,
				State: stateOf(container),
				Status: item.Status,
				Health: healthStateOf(container),
				ExitCode: container.task?.status === 'stopped' ? container.task.exitStatus : 0,
				Publishers: sliceOf(ports.map(({HostIP, ContainerPort, HostPort, Protocol}) => goStruct('compose.PortPublisher', {URL: HostIP, TargetPort: ContainerPort, PublishedPort: HostPort, Protocol}))),
				Ports: item.Ports,
			});
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

import {Failure, isFailure} from '../../errors.ts';
import {type DockerEvent, dockerEvent, eventContainer, eventLine} from '../../model/docker-event.ts';
import type {DaemonEvent} from '../../model/event.ts';
import {parseFormat, print} from './output.ts';
import {defineLine, type Surroundings} from './types.ts';

type EventTest = (event: DockerEvent) => boolean;

const testOf = (filter: string): {readonly kind: string; readonly test: EventTest} => {
	const [, kind = '', value] = /^([^=]*)(?:=([\s\S]*))?$/.exec(filter) ?? [];
	if (value === undefined)
		throw new Failure('invalid', `${filter} is an invalid filter`, {hint: 'filters are event, status and label, as in event=start'});
	switch (kind.toUpperCase()) {
		case 'EVENT':
		case 'STATUS':
			return {kind, test: ({Action}) => Action === value.toLowerCase()};
		case 'LABEL': {
			const [, key = '', wanted] = /^([^=]*)(?:=([\s\S]*))?$/.exec(value) ?? [];
			if (key === '') throw new Failure('invalid', `${value} is an invalid label filter`);
			return {kind, test: ({Labels}) => Labels[key] !== undefined && (wanted === undefined || Labels[key] === wanted)};
		}
		default:
			throw new Failure('invalid', `${kind} is an invalid or unsupported filter`, {hint: 'filters are event, status and label'});
	}
};

/** Filters of one kind widen each other, different kinds narrow. */
const filterOf = (filters: readonly string[]): EventTest => {
	const groups = [...Map.groupBy(filters.map(testOf), ({kind}) => kind).values()];
	return event => groups.every(group => group.some(({test}) => test(event)));
};

/** Of a container that is gone already nobody knows the labels. */
const labelsOf = async ({services, signal}: Surroundings, event: DaemonEvent): Promise<Readonly<Record<string, string>>> => {
	const id = eventContainer(event);
	if (id === '') return {};
	try {
		return (await services.containers.inspect({namespace: event.namespace, id}, {signal})).record.labels;
	} catch (error) {
		if (isFailure(error, 'not-found')) return {};
		throw error;
	}
};

const unsupportedTimes = 'containerd keeps no events; only those that come from now on can be shown';

export const events = defineLine({
	verbs: ['events', 'system events'],
	summary: 'Get real time events from the server',
	usage: '[flags]',
	arity: {least: 0, most: 0},
	flags: {
		filter: {
			type: 'string',
			shortFlag: 'f',
			isMultiple: true,
			splitsAtComma: true,
			placeholder: 'NAME=VALUE',
			help: 'Filter by event, status, label',
		},
		format: {type: 'string', default: '', placeholder: 'FORMAT', help: "json or a Go template such as '{{.Topic}}'"},
	},
	refused: {since: unsupportedTimes, until: unsupportedTimes},
	async run(context) {
		const {containerd, signal, flags} = context;
		const format = parseFormat(flags.format, {refused: ['raw', 'table', 'wide']});
		const isWanted = filterOf(flags.filter);
		const needsLabels = flags.filter.some(filter => /^label=/i.test(filter));
		const line = format.kind === 'template' ? format.template : (event: unknown) => eventLine(event as DockerEvent);
		for await (const event of containerd.events({signal})) {
			const shown = dockerEvent(event, needsLabels ? await labelsOf(context, event) : {});
			if (isWanted(shown)) await print(context, `${line(shown)}\n`);
		}
		signal.throwIfAborted();
		return 0;
	},
});

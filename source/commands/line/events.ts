import {Failure, isAbort, isFailure} from '../../errors.ts';
import {type DockerEvent, dockerEvent, eventContainer, eventLine} from '../../model/docker-event.ts';
import type {DaemonEvent} from '../../model/event.ts';
import {parseFormat, print} from './output.ts';
import {timeOf} from './time-flag.ts';
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

type Print = (event: DaemonEvent) => Promise<void>;

const printerOf = (context: Surroundings, filters: readonly string[], formatText: string): Print => {
	const format = parseFormat(formatText, {refused: ['raw', 'table', 'wide']});
	const isWanted = filterOf(filters);
	const needsLabels = filters.some(filter => /^label=/i.test(filter));
	const line = format.kind === 'template' ? format.template : (event: unknown) => eventLine(event as DockerEvent);
	return async event => {
		const shown = dockerEvent(event, needsLabels ? await labelsOf(context, event) : {});
		if (isWanted(shown)) await print(context, `${line(shown)}\n`);
	};
};

/** docker's own words and filters; as text or as its API sends it. */
const enginePrinterOf = async (context: Surroundings, filters: readonly string[], form: 'docker' | 'docker-json'): Promise<Print> => {
	const {enginePrinter} = await import('./engine-events.ts');
	const lineOf = enginePrinter(context, filters, form);
	return async event => {
		const line = await lineOf(event);
		if (line !== undefined) await print(context, `${line}\n`);
	};
};

/** Aborts with the signal, or when a time has come. */
export const untilTime = ({signal, sleep, clock}: Surroundings, at: number | undefined): AbortSignal => {
	if (at === undefined) return signal;
	const ended = new AbortController();
	sleep(Math.max(0, at - clock()), signal).then(
		() => ended.abort(),
		() => undefined,
	);
	return AbortSignal.any([signal, ended.signal]);
};

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
			help: "Filter by event, status, label; with docker's formats by container, event, image, label, type",
		},
		format: {type: 'string', default: '', placeholder: 'FORMAT', help: "json, docker, docker-json, or a Go template such as '{{.Topic}}'"},
		since: {type: 'string', placeholder: 'TIME', help: 'Begin with what is still known since a time or a span back from now'},
		until: {type: 'string', placeholder: 'TIME', help: 'End at a time'},
	},
	async run(context) {
		const {containerd, signal, flags, clock} = context;
		const [since, until] = [timeOf('since', flags.since, clock()), timeOf('until', flags.until, clock())];
		const show = flags.format === 'docker' || flags.format === 'docker-json' ? await enginePrinterOf(context, flags.filter, flags.format) : printerOf(context, flags.filter, flags.format);
		if (since !== undefined) {
			const {pastEvents} = await import('./past-events.ts');
			for (const event of await pastEvents(context, since, Math.min(until ?? clock(), clock()))) await show(event);
		}
		if (until !== undefined && until <= clock()) return 0;
		const ending = untilTime(context, until);
		try {
			for await (const event of containerd.events({signal: ending})) await show(event);
		} catch (error) {
			if (!isAbort(error) || signal.aborted) throw error;
		}
		signal.throwIfAborted();
		return 0;
	},
});

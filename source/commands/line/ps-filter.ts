import {Failure} from '../../errors.ts';
import type {Container} from '../../model/container.ts';
import {mountsLabel, stringsLabel} from '../../model/docker-labels.ts';
import {dockerName, willRestart} from '../../model/docker-status.ts';
import {labels} from '../../model/labels.ts';

export type Predicate = (container: Container) => boolean;

const kinds = ['id', 'name', 'label', 'exited', 'status', 'before', 'since', 'volume', 'network'] as const;
type Kind = (typeof kinds)[number];

const invalid = (message: string): Failure => new Failure('invalid', message, {hint: `filters are ${kinds.join(', ')}, as in name=web`});

const statuses = new Set(['running', 'created', 'stopped', 'paused', 'pausing', 'unknown', 'exited', 'restarting', 'removing', 'dead']);

const hasStatus = (container: Container, status: string): boolean => {
	const {task} = container;
	if (status === 'restarting') return task?.status === 'stopped' && willRestart(container, task);
	return (task?.status ?? 'created') === (status === 'exited' ? 'stopped' : status);
};

const volumesOf = ({labels: all}: Container): readonly string[] => [
	...stringsLabel(all, labels.anonymousVolumes),
	...(mountsLabel(all) ?? []).flatMap(({Name, Source, Destination}) => [Name, Source, Destination]),
];

const regularExpression = (value: string): RegExp => {
	try {
		return new RegExp(value, 'u');
	} catch (error) {
		throw new Failure('invalid', `invalid filter 'name=${value}': it is not a regular expression`, {cause: error});
	}
};

const createdAtOf = (all: readonly Container[], value: string): number => {
	const found = all.find(container => container.id.startsWith(value) || dockerName(container.labels).includes(value));
	if (found === undefined) throw new Failure('not-found', `no such container ${value}`);
	return found.createdAt;
};

const predicate = (kind: Kind, value: string, all: readonly Container[]): Predicate => {
	switch (kind) {
		case 'id':
			return ({id}) => value !== '' && id.startsWith(value);
		case 'name': {
			const pattern = regularExpression(value);
			return container => pattern.test(dockerName(container.labels));
		}
		case 'label': {
			const [, key = '', wanted] = /^([^=]*)(?:=([\s\S]*))?$/.exec(value) ?? [];
			return container => container.labels[key] !== undefined && (wanted === undefined || container.labels[key] === wanted);
		}
		case 'exited': {
			if (!/^-?\d+$/.test(value)) throw invalid(`invalid filter 'exited=${value}': a number is needed`);
			return ({task}) => task?.status === 'stopped' && task.exitStatus === Number(value);
		}
		case 'status':
			if (!statuses.has(value)) throw invalid(`invalid filter 'status=${value}'`);
			return container => hasStatus(container, value);
		case 'before': {
			const at = createdAtOf(all, value);
			return ({createdAt}) => createdAt < at;
		}
		case 'since': {
			const at = createdAtOf(all, value);
			return ({createdAt}) => createdAt > at;
		}
		case 'volume':
			return container => value !== '' && volumesOf(container).includes(value);
		case 'network':
			return container => stringsLabel(container.labels, labels.networks).includes(value);
	}
};

/**
`-f` of `ps`. Filters of one kind widen each other, filters of different kinds narrow; labels always narrow. A filter by status is an
answer to "which states", so it lifts the restriction to running ones.
*/
export const containerFilter = (
	filters: readonly string[],
	all: readonly Container[],
): {readonly matches: Predicate; readonly anyState: boolean} => {
	const given = filters.map(filter => {
		const [, name = '', value] = /^([^=]*)(?:=([\s\S]*))?$/.exec(filter) ?? [];
		const kind = kinds.find(candidate => candidate === name);
		if (kind === undefined) throw invalid(`invalid filter '${filter}'`);
		if (value === undefined)
			throw invalid(`invalid argument ${JSON.stringify(filter)} for "-f, --filter": bad format of filter (expected name=value)`);
		return {kind, matches: predicate(kind, value, all)};
	});
	const groups = [...Map.groupBy(given, ({kind}) => kind)];
	return {
		matches: container =>
			groups.every(([kind, group]) =>
				kind === 'label' ? group.every(({matches}) => matches(container)) : group.some(({matches}) => matches(container)),
			),
		anyState: given.some(({kind}) => kind === 'status'),
	};
};

import {Failure, isFailure} from '../../errors.ts';
import {type EngineContainer, type EngineEvent, engineEvent, engineJson, engineLine} from '../../model/docker-engine-event.ts';
import type {DaemonEvent} from '../../model/event.ts';
import {labels} from '../../model/labels.ts';
import type {Surroundings} from './types.ts';

type EngineTest = (event: EngineEvent) => boolean;

const kinds = 'container, event, image, label, type';

const namedBy = (event: EngineEvent, value: string): boolean => event.attributes['name'] === value || event.id.startsWith(value);

const testOf = (filter: string): {readonly kind: string; readonly test: EngineTest} => {
	const [, kind = '', value = ''] = /^([^=]*)=([\s\S]*)$/.exec(filter) ?? [];
	switch (kind) {
		case 'event':
			return {kind, test: ({Action}) => Action === value};
		case 'type':
			return {kind, test: ({Type}) => Type === value};
		case 'container':
			return {kind, test: event => event.Type === 'container' && namedBy(event, value)};
		case 'image':
			return {kind, test: event => (event.Type === 'image' ? event.id : (event.attributes['image'] ?? '')).includes(value)};
		case 'label': {
			const [, key = '', wanted] = /^([^=]*)(?:=([\s\S]*))?$/.exec(value) ?? [];
			return {kind, test: ({attributes}) => attributes[key] !== undefined && (wanted === undefined || attributes[key] === wanted)};
		}
		default:
			throw new Failure('invalid', `${filter} is an invalid or unsupported filter`, {hint: `filters are ${kinds}, as in event=die`});
	}
};

/**
Daemon events as lines of docker: undefined for those that have none, or are not wanted. Containers are asked for once and remembered, so that what is
said of one that is gone has its name.
*/
export const enginePrinter = ({services, signal}: Surroundings, filters: readonly string[], form: 'docker' | 'docker-json'): ((event: DaemonEvent) => Promise<string | undefined>) => {
	const groups = [...Map.groupBy(filters.map(testOf), ({kind}) => kind).values()];
	const known = new Map<string, EngineContainer>();
	const containerOf = async (event: DaemonEvent): Promise<EngineContainer | undefined> => {
		if (!('containerId' in event)) return undefined;
		const {namespace, containerId: id} = event;
		const before = known.get(`${namespace} ${id}`);
		if (before?.labels[labels.name] !== undefined && event.kind !== 'container-updated') return before;
		try {
			const {record} = await services.containers.inspect({namespace, id}, {signal});
			known.set(`${namespace} ${id}`, {image: record.image, labels: record.labels});
		} catch (error) {
			if (!isFailure(error, 'not-found')) throw error;
		}
		return known.get(`${namespace} ${id}`);
	};
	return async event => {
		const shown = engineEvent(event, await containerOf(event));
		if (shown === undefined || !groups.every(group => group.some(({test}) => test(shown)))) return undefined;
		return form === 'docker' ? engineLine(shown) : engineJson(shown);
	};
};

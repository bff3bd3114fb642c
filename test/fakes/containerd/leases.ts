import type {LeasesService} from '../../../source/protocol/generated/leases.ts';
import {fieldsOf, matcher} from './filters.ts';
import {alreadyExists, type Handlers, notFound} from './serve.ts';
import type {State} from './state.ts';

export const leaseHandlers = (state: State): Handlers<LeasesService> => {
	const find = (namespace: string, id: string) => {
		const found = state.peek(namespace).leases.get(id);
		if (found === undefined) throw notFound(`lease ${JSON.stringify(id)}`);
		return found;
	};

	return {
		create: ({id, labels}, {namespace}) => {
			const {leases} = state.space(namespace);
			if (leases.has(id)) throw alreadyExists(`lease ${JSON.stringify(id)}`);
			const lease = {id, labels, createdAt: state.now()};
			leases.set(id, {lease, resources: []});
			return {lease};
		},
		delete: ({id}, {namespace}) => {
			find(namespace, id);
			state.space(namespace).leases.delete(id);
			return {};
		},
		list: ({filters}, {namespace}) => {
			const matches = matcher(filters);
			const leases = [...state.peek(namespace).leases.values()].map(({lease}) => lease);
			return {leases: leases.filter(({id, labels}) => matches(fieldsOf({id}, labels)))};
		},
		addResource: ({id, resource}, {namespace}) => {
			find(namespace, id).resources.push(resource!);
			return {};
		},
		deleteResource: ({id, resource}, {namespace}) => {
			const found = find(namespace, id);
			found.resources = found.resources.filter(one => one.id !== resource?.id || one.type !== resource?.type);
			return {};
		},
		listResources: ({id}, {namespace}) => ({resources: find(namespace, id).resources}),
	};
};

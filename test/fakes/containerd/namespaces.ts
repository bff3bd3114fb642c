import {status} from '@grpc/grpc-js';
import {NamespaceCreate, NamespaceDelete, NamespaceUpdate} from '../../../source/protocol/generated/event-messages.ts';
import type {NamespacesService} from '../../../source/protocol/generated/namespaces.ts';
import {alreadyExists, type Handlers, notFound, refusal} from './serve.ts';
import {maskedLabels, payload, type Space, type State} from './state.ts';

/** containerd's own words for what keeps a namespace from being deleted. */
const contents = (space: Space): string[] =>
	([['images', space.images], ['blobs', space.blobs], ['containers', space.containers], ['snapshots', space.snapshots]] as const)
		.filter(([, {size}]) => size > 0)
		.map(([name]) => name);

export const namespaceHandlers = (state: State): Handlers<NamespacesService> => {
	const find = (name: string): Space => {
		const space = state.spaces.get(name);
		if (space === undefined) throw notFound(`namespace ${JSON.stringify(name)}`);
		return space;
	};

	return {
		// As in containerd, a name that was never heard of is a namespace without labels.
		get: ({name}) => ({namespace: {name, labels: state.peek(name).labels}}),
		list: () => ({namespaces: [...state.spaces].map(([name, {labels}]) => ({name, labels}))}),
		create: ({namespace}) => {
			const {name, labels} = namespace!;
			if (state.spaces.has(name)) throw alreadyExists(`namespace ${JSON.stringify(name)}`);
			state.space(name).labels = labels;
			state.publish(name, '/namespaces/create', payload('containerd.events.NamespaceCreate', NamespaceCreate, {name, labels}));
			return {namespace: {name, labels}};
		},
		update: ({namespace, updateMask}) => {
			const {name, labels: wanted} = namespace!;
			const space = find(name);
			space.labels = maskedLabels(space.labels, wanted, updateMask);
			const made = {name, labels: space.labels};
			state.publish(name, '/namespaces/update', payload('containerd.events.NamespaceUpdate', NamespaceUpdate, made));
			return {namespace: made};
		},
		delete: ({name}) => {
			const left = contents(find(name));
			if (left.length > 0) {
				throw refusal(status.FAILED_PRECONDITION, `namespace ${JSON.stringify(name)} must be empty, but it still has ${left.join(', ')}: failed precondition`);
			}

			state.spaces.delete(name);
			state.publish(name, '/namespaces/delete', payload('containerd.events.NamespaceDelete', NamespaceDelete, {name}));
			return {};
		},
	};
};

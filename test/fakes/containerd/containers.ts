import type {Container, ContainersService} from '../../../source/protocol/generated/containers.ts';
import {ContainerCreate, ContainerDelete, ContainerUpdate} from '../../../source/protocol/generated/event-messages.ts';
import {fieldsOf, matcher} from './filters.ts';
import {alreadyExists, type Context, type Handlers, notFound, refusal} from './serve.ts';
import {maskedLabels, payload, type State} from './state.ts';
import {status} from '@grpc/grpc-js';

const lookup = (container: Container) =>
	fieldsOf({id: container.id, image: container.image, 'runtime.name': container.runtime?.name ?? ''}, container.labels);

const find = (state: State, {namespace}: Context, id: string): Container => {
	const container = state.peek(namespace).containers.get(id);
	if (container === undefined) throw notFound(`container ${JSON.stringify(id)} in namespace ${JSON.stringify(namespace)}`);
	return container;
};

const merge = (old: Container, wanted: Container, paths: readonly string[] | undefined): Container => {
	const has = (path: string): boolean => paths === undefined || paths.length === 0 || paths.includes(path);
	return {
		...old,
		labels: maskedLabels(old.labels, wanted.labels, paths),
		...(has('image') ? {image: wanted.image} : {}),
		...(has('spec') ? {spec: wanted.spec} : {}),
		...(has('runtime') ? {runtime: wanted.runtime} : {}),
		...(has('snapshotkey') ? {snapshotKey: wanted.snapshotKey} : {}),
		...(has('extensions') ? {extensions: wanted.extensions} : {}),
	};
};

export const containerHandlers = (state: State): Handlers<ContainersService> => {
	const list = (filters: readonly string[], {namespace}: Context): Container[] => {
		const matches = matcher(filters);
		return [...state.peek(namespace).containers.values()].filter(container => matches(lookup(container)));
	};

	return {
		get: ({id}, context) => ({container: find(state, context, id)}),
		list: ({filters}, context) => ({containers: list(filters, context)}),
		async *listStream({filters}, context) {
			for (const container of list(filters, context)) yield {container};
		},
		create: ({container}, {namespace}) => {
			if (container === undefined || !/^[\dA-Za-z]+(?:[._-][\dA-Za-z]+)*$/.test(container.id)) {
				throw refusal(status.INVALID_ARGUMENT, `container.ID: identifier ${JSON.stringify(container?.id ?? '')} must match ^[A-Za-z0-9]+(?:[._-](?:[A-Za-z0-9]+))*$: invalid argument`);
			}

			const {containers} = state.space(namespace);
			if (containers.has(container.id)) throw alreadyExists(`container ${JSON.stringify(container.id)}`);
			const made = {...container, createdAt: state.now(), updatedAt: state.now()};
			containers.set(made.id, made);
			state.publish(namespace, '/containers/create', payload('containerd.events.ContainerCreate', ContainerCreate, {id: made.id, image: made.image}));
			return {container: made};
		},
		update: ({container: wanted, updateMask}, context) => {
			const merged = {...merge(find(state, context, wanted?.id ?? ''), wanted!, updateMask), updatedAt: state.now()};
			state.space(context.namespace).containers.set(merged.id, merged);
			const {id, image, labels, snapshotKey} = merged;
			state.publish(context.namespace, '/containers/update', payload('containerd.events.ContainerUpdate', ContainerUpdate, {id, image, labels, snapshotKey}));
			return {container: merged};
		},
		delete: ({id}, context) => {
			find(state, context, id);
			// As in containerd, a running task does not hold its container: whoever removes one looks first.
			state.space(context.namespace).containers.delete(id);
			state.publish(context.namespace, '/containers/delete', payload('containerd.events.ContainerDelete', ContainerDelete, {id}));
			return {};
		},
	};
};

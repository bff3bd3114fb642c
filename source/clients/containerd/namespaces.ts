import type {Namespace} from '../../model/namespace.ts';
import {NamespacesService, type Namespace as WireNamespace} from '../../protocol/generated/namespaces.ts';
import {type Caller, unary} from './call.ts';
import type {Namespaces} from './types.ts';

const toNamespace = (wire: WireNamespace | undefined): Namespace => ({name: wire?.name ?? '', labels: wire?.labels ?? {}});

export const createNamespaces = (caller: Caller): Namespaces => ({
	async list(options) {
		const {namespaces} = await unary(caller(undefined, options), NamespacesService.list, {filter: ''});
		return namespaces.map(namespace => toNamespace(namespace));
	},

	async get(name, options) {
		const {namespace} = await unary(caller(undefined, options), NamespacesService.get, {name});
		return toNamespace(namespace);
	},

	// 1.6 publishes an event about each change in the namespace of the caller, and fails when there is none.
	async create({name, labels}, options) {
		const {namespace} = await unary(caller(name, options), NamespacesService.create, {namespace: {name, labels: {...labels}}});
		return toNamespace(namespace);
	},

	async setLabels(name, labels, options) {
		// As with containers, an empty value clears a label.
		const written = Object.fromEntries(Object.entries(labels).map(([key, value]) => [key, value ?? '']));
		const updateMask = Object.keys(written).map(key => `labels.${key}`);
		const {namespace} = await unary(caller(name, options), NamespacesService.update, {namespace: {name, labels: written}, updateMask});
		return toNamespace(namespace);
	},

	async remove(name, options) {
		await unary(caller(name, options), NamespacesService.delete, {name});
	},
});

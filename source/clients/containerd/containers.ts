import {isFailure} from '../../errors.ts';
import type {Container, ContainerRecord, TypedBytes} from '../../model/container.ts';
import type {Any} from '../../protocol/generated/well-known.ts';
import {ContainersService, ContainerSummary, type Container as WireContainer} from '../../protocol/generated/containers.ts';
import {fromAny, toAny} from './any.ts';
import {type Call, type Caller, contextOf, serverStream, unary} from './call.ts';
import {listBatches, messagesIn} from './lists.ts';
import {inSlices} from './slices.ts';
import {garbled} from './translate.ts';
import type {Containers} from './types.ts';
import {toContainer} from './wire-container.ts';

const mapValues = <From, To>(record: Readonly<Record<string, From>>, convert: (value: From) => To): Record<string, To> =>
	Object.fromEntries(Object.entries(record).map(([key, value]) => [key, convert(value)]));

const toRecord = (namespace: string, wire: WireContainer | undefined, call: Call, method: string): ContainerRecord => {
	if (wire === undefined) throw garbled(contextOf(call, method), undefined);
	return {
		...toContainer(namespace, wire),
		spec: wire.spec === undefined ? undefined : fromAny(wire.spec),
		runtimeOptions: wire.runtime?.options === undefined ? undefined : fromAny(wire.runtime.options),
		extensions: mapValues<Any, TypedBytes>(wire.extensions, fromAny),
	};
};

const toWire = (record: ContainerRecord): WireContainer => ({
	id: record.id,
	labels: {...record.labels},
	image: record.image,
	runtime: {name: record.runtime, options: record.runtimeOptions === undefined ? undefined : toAny(record.runtimeOptions)},
	spec: record.spec === undefined ? undefined : toAny(record.spec),
	snapshotter: record.snapshotter,
	snapshotKey: record.snapshotKey,
	createdAt: undefined,
	updatedAt: undefined,
	extensions: mapValues(record.extensions, toAny),
	sandbox: record.sandboxId,
});

const streamed = async function* (call: Call, namespace: string, filters: string[]): AsyncGenerator<Container> {
	const context = contextOf(call, ContainersService.listStream.path);
	for await (const bytes of serverStream(call, ContainersService.listStream, {filters})) {
		for (const summary of messagesIn(bytes, ContainerSummary, context)) yield toContainer(namespace, summary);
	}
};

export const createContainers = (caller: Caller): Containers => ({
	async *list(namespace, options) {
		const call = caller(namespace, options);
		const filters = [...(options?.filters ?? [])];
		try {
			yield* inSlices(streamed(call, namespace, filters));
		} catch (error) {
			// A proxy or an old daemon: nothing can have been yielded before this answer.
			if (!isFailure(error, 'unsupported')) throw error;
			yield* listBatches({call, method: ContainersService.list, request: {filters}}, ContainerSummary, summary => toContainer(namespace, summary));
		}
	},

	async get(ref, options) {
		const call = caller(ref.namespace, options);
		const {container} = await unary(call, ContainersService.get, {id: ref.id});
		return toRecord(ref.namespace, container, call, ContainersService.get.path);
	},

	async create(record, options) {
		const call = caller(record.namespace, options);
		const {container} = await unary(call, ContainersService.create, {container: toWire(record)});
		return toRecord(record.namespace, container, call, ContainersService.create.path);
	},

	async update(record, fieldPaths, options) {
		const call = caller(record.namespace, options);
		const {container} = await unary(call, ContainersService.update, {container: toWire(record), updateMask: [...fieldPaths]});
		return toRecord(record.namespace, container, call, ContainersService.update.path);
	},

	async setLabels(ref, labels, options) {
		// containerd writes only the labels that the mask names, and drops those whose value is empty.
		const written = mapValues(labels, value => value ?? '');
		const container = {...emptyWire, id: ref.id, labels: written};
		await unary(caller(ref.namespace, options), ContainersService.update, {container, updateMask: Object.keys(written).map(key => `labels.${key}`)});
	},

	async remove(ref, options) {
		await unary(caller(ref.namespace, options), ContainersService.delete, {id: ref.id});
	},
});

const emptyWire: WireContainer = {
	id: '',
	labels: {},
	image: '',
	runtime: undefined,
	spec: undefined,
	snapshotter: '',
	snapshotKey: '',
	createdAt: undefined,
	updatedAt: undefined,
	extensions: {},
	sandbox: '',
};

import {BinaryReader} from '@bufbuild/protobuf/wire';
import type {Container, Task} from '../../model/container.ts';
import type {Namespace} from '../../model/namespace.ts';
import {ContainersService, ContainerSummary} from '../../protocol/generated/containers.ts';
import {NamespacesService} from '../../protocol/generated/namespaces.ts';
import {TasksService} from '../../protocol/generated/tasks.ts';
import {openGlanceWire} from './glance-wire.ts';
import {inSlices} from './slices.ts';
import {socketPath} from './socket.ts';
import {toContainer} from './wire-container.ts';
import {toTask} from './wire-task.ts';

/** More than this is not for a first glance: it would hold the screen back. */
const mostBytes = 4 * 1024 * 1024;
const patienceMs = 1000;

const summaries = function* (namespace: string, bytes: Buffer, tasks: ReadonlyMap<string, Task>): Generator<Container, void, void> {
	const reader = new BinaryReader(bytes);
	while (reader.pos < reader.len) {
		const tag = reader.uint32();
		if (tag !== 10) {
			reader.skip(tag & 7);
			continue;
		}
		const container = toContainer(namespace, ContainerSummary.decode(reader, reader.uint32()));
		yield {...container, task: tasks.get(container.id)};
	}
};

/** The few questions of a first look, in the words of the real client. */
export type Glance = {
	readonly namespaces: {list(): Promise<readonly Namespace[]>};
	readonly tasks: {list(namespace: string): Promise<readonly Task[]>};
	/** With their tasks. */
	containers(namespace: string): Promise<readonly Container[]>;
	close(): void;
};

/**
A first look at a daemon before grpc-js is loaded: the daemon has answered in the time that grpc-js takes to load. Failures are bare: the
client that comes after meets them again, and has the words for them.
*/
export const createGlance = (address: string): Glance => {
	const wire = openGlanceWire(socketPath(address), mostBytes);
	const failed = Promise.withResolvers<never>();
	failed.promise.catch(() => undefined);
	const timer = setTimeout(() => failed.reject(new Error('no answer in time')), patienceMs);
	const bytesOf = async (namespace: string | undefined, method: string, message: Uint8Array) => Promise.race([wire.ask(namespace, method, message), failed.promise]);
	const tasks = {
		list: async (namespace: string) => {
			const {list} = TasksService;
			return list.responseDeserialize(await bytesOf(namespace, list.path, list.requestSerialize({filter: ''}))).tasks.map((wire) => toTask(wire));
		},
	};
	return {
		namespaces: {
			list: async () => {
				const {list} = NamespacesService;
				return list.responseDeserialize(await bytesOf(undefined, list.path, list.requestSerialize({filter: ''}))).namespaces;
			},
		},
		tasks,
		containers: async (namespace) => {
			const {list} = ContainersService;
			const [known, bytes] = await Promise.all([tasks.list(namespace), bytesOf(namespace, list.path, list.requestSerialize({filters: []}))]);
			const found: Container[] = [];
			for await (const batch of inSlices(summaries(namespace, bytes, new Map(known.map((task) => [task.containerId, task]))))) found.push(...batch);
			return found;
		},
		close: () => {
			clearTimeout(timer);
			wire.close();
		},
	};
};

import {type ClientHttp2Session, connect} from 'node:http2';
import {connect as connectSocket} from 'node:net';
import {BinaryReader} from '@bufbuild/protobuf/wire';
import type {Container, Task} from '../../model/container.ts';
import type {Namespace} from '../../model/namespace.ts';
import {ContainersService, ContainerSummary} from '../../protocol/generated/containers.ts';
import {NamespacesService} from '../../protocol/generated/namespaces.ts';
import {TasksService} from '../../protocol/generated/tasks.ts';
import {socketPath} from './socket.ts';
import {toContainer} from './wire-container.ts';
import {toTask} from './wire-task.ts';

/** More than this is not for a first glance: it would hold the screen back. */
const mostBytes = 4 * 1024 * 1024;
const patienceMs = 1000;

/** One unary gRPC call by hand: a five-byte frame around the message each way. */
const ask = async (session: ClientHttp2Session, namespace: string | undefined, path: string, message: Uint8Array): Promise<Buffer> =>
	new Promise((resolve, reject) => {
		const stream = session.request({
			':method': 'POST',
			':path': path,
			'content-type': 'application/grpc',
			te: 'trailers',
			...(namespace === undefined ? {} : {'containerd-namespace': namespace}),
		});
		const pieces: Buffer[] = [];
		let size = 0;
		let status = '0';
		stream.on('response', (headers) => {
			status = String(headers['grpc-status'] ?? status);
		});
		stream.on('trailers', (trailers) => {
			status = String(trailers['grpc-status'] ?? status);
		});
		stream.on('data', (piece: Buffer) => {
			size += piece.length;
			if (size > mostBytes) stream.destroy(new Error('too much for a glance'));
			else pieces.push(piece);
		});
		stream.on('error', reject);
		stream.on('end', () => {
			if (status === '0') resolve(Buffer.concat(pieces).subarray(5));
			else reject(new Error(`grpc-status ${status}`));
		});
		const head = Buffer.alloc(5);
		head.writeUInt32BE(message.length, 1);
		stream.end(Buffer.concat([head, message]));
	});

const summaries = (namespace: string, bytes: Buffer, tasks: ReadonlyMap<string, Task>): readonly Container[] => {
	const found: Container[] = [];
	const reader = new BinaryReader(bytes);
	while (reader.pos < reader.len) {
		const tag = reader.uint32();
		if (tag !== 10) {
			reader.skip(tag & 7);
			continue;
		}
		const container = toContainer(namespace, ContainerSummary.decode(reader, reader.uint32()));
		found.push({...container, task: tasks.get(container.id)});
	}
	return found;
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
A first look at a daemon before grpc-js is loaded: node:http2 has answered in the time that grpc-js takes to load. Failures are bare: the
client that comes after meets them again, and has the words for them.
*/
export const createGlance = (address: string): Glance => {
	const path = socketPath(address);
	const session = connect('http://localhost', {createConnection: () => connectSocket(path)});
	const failed = Promise.withResolvers<never>();
	failed.promise.catch(() => undefined);
	session.on('error', failed.reject);
	const timer = setTimeout(() => failed.reject(new Error('no answer in time')), patienceMs);
	const bytesOf = async (namespace: string | undefined, method: string, message: Uint8Array) => Promise.race([ask(session, namespace, method, message), failed.promise]);
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
			return summaries(namespace, bytes, new Map(known.map((task) => [task.containerId, task])));
		},
		close: () => {
			clearTimeout(timer);
			session.destroy();
		},
	};
};

import type {Containerd} from '../../source/clients/containerd/types.ts';
import {Failure} from '../../source/errors.ts';
import type {Container} from '../../source/model/container.ts';
import type {DaemonEvent} from '../../source/model/event.ts';

/** A daemon in this process whose every moment a test can hold on to. */
export type HeldDaemon = {
	readonly containerd: Containerd;
	readonly containers: Map<string, Container>;
	readonly calls: string[];
	/** Runs within the call of that name, before it answers. */
	during(name: string, act: () => void | Promise<void>): void;
	send(...events: readonly DaemonEvent[]): void;
	end(error: unknown): void;
	isDown: boolean;
};

export const containerEvent = (kind: 'container-created' | 'container-deleted', containerId: string): DaemonEvent =>
	({kind, at: 0, namespace: 'default', topic: '', containerId, image: '', runtime: ''}) as unknown as DaemonEvent;

export const taskEvent = (containerId: string, more: object = {}): DaemonEvent =>
	({kind: 'task-exited', at: 0, namespace: 'default', topic: '', containerId, execId: containerId, pid: 1, exitStatus: 0, exitedAt: 0, ...more}) as unknown as DaemonEvent;

export const holdDaemon = (): HeldDaemon => {
	const containers = new Map<string, Container>();
	const calls: string[] = [];
	const acts = new Map<string, () => void | Promise<void>>();
	let queue: DaemonEvent[] = [];
	let wake: () => void = () => undefined;
	let failure: unknown;
	const call = async (name: string): Promise<void> => {
		calls.push(name);
		if (daemon.isDown) throw new Failure('unavailable', 'nobody listens');
		await acts.get(name)?.();
	};
	const containerd = {
		version: async () => {
			await call('version');
			return {version: '9', revision: ''};
		},
		async *events({onSubscribed, signal}: {onSubscribed?: () => void; signal?: AbortSignal} = {}) {
			await call('events');
			queue = [];
			failure = undefined;
			onSubscribed?.();
			for (;;) {
				const next = queue.shift();
				if (next !== undefined) yield next;
				else if (failure !== undefined) throw failure;
				else
					await new Promise<void>((resolve, reject) => {
						wake = resolve;
						signal?.addEventListener('abort', () => reject(signal.reason), {once: true});
					});
			}
		},
		namespaces: {
			list: async () => {
				await call('namespaces.list');
				return [{name: 'default', labels: {}}];
			},
		},
		images: {
			list: async () => {
				await call('images.list');
				return [];
			},
		},
		tasks: {
			list: async () => {
				await call('tasks.list');
				return [...containers.values()].flatMap(({task}) => (task === undefined ? [] : [task]));
			},
			find: async ({id}: {id: string}) => {
				await call('tasks.find');
				return containers.get(id)?.task;
			},
		},
		containers: {
			async *list() {
				await call('containers.list');
				yield [...containers.values()];
			},
			get: async ({id}: {id: string}) => {
				await call('containers.get');
				const found = containers.get(id);
				if (found === undefined) throw new Failure('not-found', 'no such container');
				return {...found, spec: {typeUrl: 'x', value: new Uint8Array(9)}, runtimeOptions: undefined, extensions: {}};
			},
		},
	};
	const daemon: HeldDaemon = {
		containerd: containerd as unknown as Containerd,
		containers,
		calls,
		during: (name, act) => void acts.set(name, act),
		send: (...events) => {
			queue.push(...events);
			wake();
		},
		end: (error) => {
			failure = error;
			wake();
		},
		isDown: false,
	};
	return daemon;
};

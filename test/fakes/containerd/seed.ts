import {toTimestamp} from '../../../source/clients/containerd/time.ts';
import type {ContainerRef, TaskStatus} from '../../../source/model/container.ts';
import type {Plugin} from '../../../source/protocol/generated/introspection.ts';
import * as events from '../../../source/protocol/generated/event-messages.ts';
import {Kind} from '../../../source/protocol/generated/snapshots.ts';
import {Status} from '../../../source/protocol/generated/task-types.ts';
import type {Any} from '../../../source/protocol/generated/well-known.ts';
import {digestOf} from './content.ts';
import {payload, type State, type Usage} from './state.ts';
import {endProcess, idle, newTask} from './tasks.ts';

export type ContainerSeed = {
	readonly id: string;
	readonly namespace?: string;
	readonly image?: string;
	readonly labels?: Readonly<Record<string, string>>;
	readonly runtime?: string;
	readonly snapshotter?: string;
	readonly snapshotKey?: string;
	readonly sandboxId?: string;
	/** The OCI spec; `undefined` makes a container without one. */
	readonly spec?: Readonly<Record<string, unknown>> | undefined;
	readonly extensions?: Readonly<Record<string, Any>>;
	/** Epoch ms. */
	readonly createdAt?: number;
	/** `none` is a container without a task; running when left out. */
	readonly status?: TaskStatus | 'none';
	readonly pid?: number;
	readonly exitStatus?: number;
	/** Epoch ms. */
	readonly exitedAt?: number;
	readonly stdout?: string;
	readonly terminal?: boolean;
	readonly usage?: Partial<Usage>;
	/** Signals besides KILL that end it; HUP, INT, QUIT and TERM when left out. */
	readonly endsOn?: readonly number[];
};

export type ImageSeed = {
	readonly name: string;
	readonly namespace?: string;
	readonly digest?: string;
	readonly mediaType?: string;
	readonly sizeBytes?: number;
	readonly labels?: Readonly<Record<string, string>>;
	readonly createdAt?: number;
};

type BuiltBlob = {readonly mediaType: string; readonly digest: string; readonly bytes: Buffer};

/** What the lab's `buildImage` and `busyboxImage` answer. */
export type BuiltImage = {
	readonly name: string;
	readonly manifest: BuiltBlob;
	readonly config: BuiltBlob;
	readonly layers: ReadonlyArray<BuiltBlob & {readonly diffId: string; readonly chainId: string}>;
};

export type SnapshotSeed = {
	readonly key: string;
	readonly namespace?: string;
	readonly snapshotter?: string;
	readonly parent?: string;
	readonly kind?: 'view' | 'active' | 'committed';
	readonly labels?: Readonly<Record<string, string>>;
	readonly sizeBytes?: number;
	readonly inodes?: number;
};

/** Seeding puts things there as if they had always been: it publishes nothing. What happens (`exit`, `oom`, `publish`) does. */
export type Seed = {
	addNamespace(name: string, labels?: Readonly<Record<string, string>>): void;
	addContainer(seed: ContainerSeed): ContainerRef;
	/** The same, live: everybody who listens hears that somebody made and started it. */
	appear(seed: ContainerSeed): ContainerRef;
	/** Somebody stopped and removed it, with all the events that makes. */
	disappear(ref: ContainerRef): void;
	addImage(seed: ImageSeed): void;
	/** An image that was built, as a pull leaves it: blobs with the labels a collector follows, a snapshot per layer, and its name. */
	loadImage(image: BuiltImage, options?: {readonly namespace?: string; readonly snapshotter?: string}): void;
	/** Answers its digest. */
	addBlob(bytes: Uint8Array | string, options?: {readonly namespace?: string; readonly labels?: Readonly<Record<string, string>>}): string;
	addSnapshot(seed: SnapshotSeed): void;
	addPlugin(plugin: Pick<Plugin, 'type' | 'id'> & Partial<Plugin>): void;
	setUsage(ref: ContainerRef, usage: Partial<Usage>): void;
	/** The process ends by itself. */
	exit(ref: ContainerRef, exitStatus: number, execId?: string): void;
	oom(ref: ContainerRef): void;
	publish(namespace: string, topic: string, event: Any): void;
};

const statuses: Readonly<Record<TaskStatus, Status>> = {
	...{unknown: Status.UNKNOWN, created: Status.CREATED, running: Status.RUNNING},
	...{stopped: Status.STOPPED, paused: Status.PAUSED, pausing: Status.PAUSING},
};

const kinds = {view: Kind.VIEW, active: Kind.ACTIVE, committed: Kind.COMMITTED} as const;

const plainSpec = {ociVersion: '1.0.2', process: {args: ['sleep', 'infinity'], env: ['PATH=/bin'], cwd: '/'}, linux: {}};

const specOf = (spec: Readonly<Record<string, unknown>> | undefined): Any | undefined =>
	spec === undefined ? undefined : {typeUrl: 'types.containerd.io/opencontainers/runtime-spec/1/Spec', value: Buffer.from(JSON.stringify(spec))};

const addContainer = (state: State, seed: ContainerSeed): ContainerRef => {
	const {id, namespace = 'default', status = 'running'} = seed;
	const space = state.space(namespace);
	const createdAt = toTimestamp(seed.createdAt ?? Date.now());
	space.containers.set(id, {
		...{id, createdAt, updatedAt: createdAt},
		labels: {...seed.labels},
		image: seed.image ?? 'registry.test/library/app:1',
		runtime: {name: seed.runtime ?? 'io.containerd.runc.v2', options: undefined},
		spec: specOf('spec' in seed ? seed.spec : plainSpec),
		snapshotter: seed.snapshotter ?? 'overlayfs',
		snapshotKey: seed.snapshotKey ?? id,
		extensions: {...seed.extensions},
		sandbox: seed.sandboxId ?? '',
	});
	if (status === 'none') return {namespace, id};
	const stopped = status === 'stopped';
	const process = {
		...{containerId: '', id, status: statuses[status], pid: seed.pid ?? state.nextPid()},
		...{stdin: '', stdout: seed.stdout ?? '', stderr: seed.stdout ?? '', terminal: seed.terminal ?? false},
		exitStatus: seed.exitStatus ?? 0,
		exitedAt: stopped ? toTimestamp(seed.exitedAt ?? Date.now()) : undefined,
	};
	space.tasks.set(id, newTask(process, {...idle, ...seed.usage}, seed.endsOn));
	return {namespace, id};
};

const addSnapshot = (state: State, {namespace = 'default', snapshotter = 'overlayfs', ...seed}: SnapshotSeed): void => {
	const {snapshots} = state.space(namespace);
	const store = snapshots.get(snapshotter) ?? new Map();
	snapshots.set(snapshotter, store);
	const {key, parent = '', kind = 'committed'} = seed;
	const info = {name: key, parent, kind: kinds[kind], labels: {...seed.labels}, createdAt: state.now(), updatedAt: state.now()};
	store.set(key, {info, size: seed.sizeBytes ?? 4096, inodes: seed.inodes ?? 1});
};

const addImage = (state: State, {name, namespace = 'default', ...seed}: ImageSeed): void => {
	const createdAt = toTimestamp(seed.createdAt ?? Date.now());
	const target = {
		mediaType: seed.mediaType ?? 'application/vnd.oci.image.manifest.v1+json',
		digest: seed.digest ?? digestOf(Buffer.from(name)),
		size: seed.sizeBytes ?? 500,
		annotations: {},
	};
	state.space(namespace).images.set(name, {name, labels: {...seed.labels}, target, createdAt, updatedAt: createdAt});
};

const addBlob = (state: State, namespace: string, bytes: Buffer, labels: Readonly<Record<string, string>>): string => {
	const digest = digestOf(bytes);
	const info = {digest, size: bytes.length, labels: {...labels}, createdAt: state.now(), updatedAt: state.now()};
	state.space(namespace).blobs.set(digest, {bytes, info});
	return digest;
};

const loadImage = (state: State, image: BuiltImage, namespace: string, snapshotter: string): void => {
	const {layers, config, manifest} = image;
	const chain = layers.map(({chainId}) => chainId);
	for (const [index, {bytes, diffId, chainId}] of layers.entries()) {
		addBlob(state, namespace, bytes, {'containerd.io/uncompressed': diffId});
		addSnapshot(state, {...{namespace, snapshotter, key: chainId, parent: chain[index - 1] ?? ''}, sizeBytes: bytes.length * 2, inodes: 10});
	}

	addBlob(state, namespace, config.bytes, {[`containerd.io/gc.ref.snapshot.${snapshotter}`]: chain.at(-1) ?? ''});
	addBlob(state, namespace, manifest.bytes, {'containerd.io/gc.ref.content.config': config.digest});
	addImage(state, {...{name: image.name, namespace, digest: manifest.digest}, mediaType: manifest.mediaType, sizeBytes: manifest.bytes.length});
};

const say = <Message>(state: State, namespace: string, topic: string, name: string, encoder: Parameters<typeof payload<Message>>[1], message: Message): void =>
	state.publish(namespace, topic, payload(`containerd.events.${name}`, encoder, message));

const appear = (state: State, seed: ContainerSeed): ContainerRef => {
	const ref = addContainer(state, seed);
	const {namespace, id} = ref;
	const space = state.space(namespace);
	say(state, namespace, '/containers/create', 'ContainerCreate', events.ContainerCreate, {id, image: space.containers.get(id)?.image ?? ''});
	const process = space.tasks.get(id)?.process;
	if (process === undefined) return ref;
	say(state, namespace, '/tasks/create', 'TaskCreate', events.TaskCreate, {containerId: id, bundle: '', pid: process.pid});
	if (process.status !== Status.CREATED) say(state, namespace, '/tasks/start', 'TaskStart', events.TaskStart, {containerId: id, pid: process.pid});
	return ref;
};

const disappear = (state: State, {namespace, id}: ContainerRef): void => {
	const space = state.space(namespace);
	if (space.tasks.has(id)) {
		endProcess(state, namespace, id, '', 143);
		const {pid, exitStatus, exitedAt} = space.tasks.get(id)!.process;
		space.tasks.delete(id);
		say(state, namespace, '/tasks/delete', 'TaskDelete', events.TaskDelete, {containerId: id, id, pid, exitStatus, exitedAt});
	}

	space.containers.delete(id);
	say(state, namespace, '/containers/delete', 'ContainerDelete', events.ContainerDelete, {id});
};

export const createSeed = (state: State): Seed => ({
	addNamespace: (name, labels = {}) => {
		state.space(name).labels = {...labels};
	},
	addContainer: seed => addContainer(state, seed),
	appear: seed => appear(state, seed),
	disappear: ref => disappear(state, ref),
	addImage: seed => addImage(state, seed),
	loadImage: (image, {namespace = 'default', snapshotter = 'overlayfs'} = {}) => loadImage(state, image, namespace, snapshotter),
	addBlob: (content, {namespace = 'default', labels = {}} = {}) => addBlob(state, namespace, Buffer.from(content), labels),
	addSnapshot: seed => addSnapshot(state, seed),
	addPlugin: plugin => {
		state.plugins.push({requires: [], platforms: [], exports: {}, capabilities: [], initErr: undefined, ...plugin});
	},
	setUsage: ({namespace, id}, usage) => {
		const task = state.peek(namespace).tasks.get(id);
		if (task !== undefined) task.usage = {...task.usage, ...usage};
	},
	exit: ({namespace, id}, exitStatus, execId = '') => endProcess(state, namespace, id, execId, exitStatus),
	oom: ({namespace, id}) => state.publish(namespace, '/tasks/oom', payload('containerd.events.TaskOOM', events.TaskOOM, {containerId: id})),
	publish: state.publish,
});

import type {DaemonEvent} from '../../model/event.ts';
import * as wire from '../../protocol/generated/event-messages.ts';
import {ImageCreate, ImageDelete, ImageUpdate} from '../../protocol/generated/images.ts';
import type {Envelope} from '../../protocol/generated/types.ts';
import {typeNameOf} from './any.ts';
import {epochMs, fromTimestamp} from './time.ts';

/** The part of an event that depends on its kind; the union is distributed so that each kind keeps its own fields. */
type Detail<Event = DaemonEvent> = Event extends DaemonEvent ? Omit<Event, 'namespace' | 'topic' | 'at'> : never;

/** The shim names the task itself by the container's id, or leaves the id empty. */
const execIdOf = (containerId: string, id: string): string => (id === containerId ? '' : id);

const ended = (kind: 'task-exited' | 'task-deleted', event: wire.TaskExit | wire.TaskDelete): Detail => ({
	kind,
	containerId: event.containerId,
	execId: execIdOf(event.containerId, event.id),
	pid: event.pid,
	exitStatus: event.exitStatus,
	exitedAt: fromTimestamp(event.exitedAt),
});

const decoders: Readonly<Record<string, (bytes: Uint8Array) => Detail>> = {
	ContainerCreate: bytes => ({kind: 'container-created', containerId: wire.ContainerCreate.decode(bytes).id}),
	ContainerUpdate: bytes => ({kind: 'container-updated', containerId: wire.ContainerUpdate.decode(bytes).id}),
	ContainerDelete: bytes => ({kind: 'container-deleted', containerId: wire.ContainerDelete.decode(bytes).id}),
	TaskCreate: bytes => {
		const {containerId, pid} = wire.TaskCreate.decode(bytes);
		return {kind: 'task-created', containerId, pid};
	},
	TaskStart: bytes => {
		const {containerId, pid} = wire.TaskStart.decode(bytes);
		return {kind: 'task-started', containerId, pid};
	},
	TaskExit: bytes => ended('task-exited', wire.TaskExit.decode(bytes)),
	TaskDelete: bytes => ended('task-deleted', wire.TaskDelete.decode(bytes)),
	TaskOOM: bytes => ({kind: 'task-oom', containerId: wire.TaskOOM.decode(bytes).containerId}),
	TaskPaused: bytes => ({kind: 'task-paused', containerId: wire.TaskPaused.decode(bytes).containerId}),
	TaskResumed: bytes => ({kind: 'task-resumed', containerId: wire.TaskResumed.decode(bytes).containerId}),
	TaskCheckpointed: bytes => ({kind: 'task-checkpointed', containerId: wire.TaskCheckpointed.decode(bytes).containerId}),
	TaskExecAdded: bytes => {
		const {containerId, execId} = wire.TaskExecAdded.decode(bytes);
		return {kind: 'exec-added', containerId, execId};
	},
	TaskExecStarted: bytes => {
		const {containerId, execId, pid} = wire.TaskExecStarted.decode(bytes);
		return {kind: 'exec-started', containerId, execId, pid};
	},
	ImageCreate: bytes => ({kind: 'image-created', image: ImageCreate.decode(bytes).name}),
	ImageUpdate: bytes => ({kind: 'image-updated', image: ImageUpdate.decode(bytes).name}),
	ImageDelete: bytes => ({kind: 'image-deleted', image: ImageDelete.decode(bytes).name}),
	NamespaceCreate: bytes => ({kind: 'namespace-created', name: wire.NamespaceCreate.decode(bytes).name}),
	NamespaceUpdate: bytes => ({kind: 'namespace-updated', name: wire.NamespaceUpdate.decode(bytes).name}),
	NamespaceDelete: bytes => ({kind: 'namespace-deleted', name: wire.NamespaceDelete.decode(bytes).name}),
	SnapshotPrepare: bytes => {
		const {snapshotter, key} = wire.SnapshotPrepare.decode(bytes);
		return {kind: 'snapshot-prepared', snapshotter, key};
	},
	SnapshotCommit: bytes => {
		const {snapshotter, name} = wire.SnapshotCommit.decode(bytes);
		return {kind: 'snapshot-committed', snapshotter, key: name};
	},
	SnapshotRemove: bytes => {
		const {snapshotter, key} = wire.SnapshotRemove.decode(bytes);
		return {kind: 'snapshot-removed', snapshotter, key};
	},
	ContentCreate: bytes => ({kind: 'content-created', digest: wire.ContentCreate.decode(bytes).digest}),
	ContentDelete: bytes => ({kind: 'content-deleted', digest: wire.ContentDelete.decode(bytes).digest}),
};

/** Packages of event types moved between versions, so a type is known by its last name within containerd's packages. */
const decoderFor = (typeUrl: string): ((bytes: Uint8Array) => Detail) | undefined => {
	const name = typeNameOf(typeUrl);
	const last = name.slice(name.lastIndexOf('.') + 1);
	return name.startsWith('containerd.') && Object.hasOwn(decoders, last) ? decoders[last] : undefined;
};

/** Never throws: an event that can't be read is still worth a line in an events view. */
export const toEvent = ({namespace, topic, timestamp, event}: Envelope): DaemonEvent => {
	const common = {namespace, topic, at: epochMs(timestamp)};
	const other = {...common, kind: 'other', typeUrl: event?.typeUrl ?? ''} as const;
	const decode = event === undefined ? undefined : decoderFor(event.typeUrl);
	if (event === undefined || decode === undefined) return other;
	try {
		return {...common, ...decode(event.value)};
	} catch {
		return other;
	}
};

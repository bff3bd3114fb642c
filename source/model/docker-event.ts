import type {DaemonEvent} from './event.ts';
import {goStruct} from './template-struct.ts';
import {goJson, goPrint} from './template-values.ts';

const seconds = (at: number | undefined) =>
	at === undefined ? undefined : goStruct('timestamp', {seconds: Math.floor(at / 1000), nanos: (at % 1000) * 1_000_000 || undefined});

/** The event's own fields, by the names protobuf gives them; empty ones are left out, as `omitempty` does. */
const fieldsOf = (event: DaemonEvent): Readonly<Record<string, unknown>> => {
	switch (event.kind) {
		case 'container-created':
		case 'container-updated':
		case 'container-deleted':
			return {id: event.containerId};
		case 'task-exited':
		case 'task-deleted':
			return {
				container_id: event.containerId,
				id: event.execId || (event.kind === 'task-exited' ? event.containerId : undefined),
				pid: event.pid,
				exit_status: event.exitStatus || undefined,
				exited_at: seconds(event.exitedAt),
			};
		case 'task-created':
		case 'task-started':
		case 'task-paused':
		case 'task-resumed':
		case 'task-oom':
		case 'task-checkpointed':
		case 'exec-added':
		case 'exec-started':
			return {container_id: event.containerId, exec_id: event.execId, pid: event.pid};
		case 'image-created':
		case 'image-updated':
		case 'image-deleted':
			return {name: event.image};
		case 'namespace-created':
		case 'namespace-updated':
		case 'namespace-deleted':
			return {name: event.name};
		case 'snapshot-prepared':
		case 'snapshot-committed':
		case 'snapshot-removed':
			return {key: event.key, snapshotter: event.snapshotter};
		case 'content-created':
		case 'content-deleted':
			return {digest: event.digest};
		case 'other':
			return {type_url: event.typeUrl};
	}
};

/** Only what names a task's container: nerdctl's ID is empty for the rest, containers themselves included. */
export const eventContainer = (event: DaemonEvent): string => {
	switch (event.kind) {
		case 'task-created':
		case 'task-started':
		case 'task-paused':
		case 'task-resumed':
		case 'task-oom':
		case 'task-checkpointed':
		case 'task-exited':
		case 'task-deleted':
		case 'exec-added':
		case 'exec-started':
			return event.containerId;
		default:
			return '';
	}
};

/** `nerdctl events --format`: the action is `start` for every topic with that word in it, else `unknown`. */
export const dockerEvent = (event: DaemonEvent, labels: Readonly<Record<string, string>>) =>
	goStruct('system.EventOut', {
		Timestamp: new Date(event.at),
		ID: eventContainer(event),
		Namespace: event.namespace,
		Topic: event.topic,
		Action: event.topic.toLowerCase().includes('start') ? 'start' : 'unknown',
		Event: goJson(goStruct('event', fieldsOf(event))),
		Labels: labels,
	});

export type DockerEvent = ReturnType<typeof dockerEvent>;

export const eventLine = ({Timestamp, Namespace, Topic, Event}: DockerEvent): string =>
	[goPrint(Timestamp), Namespace, Topic, Event].join(' ');

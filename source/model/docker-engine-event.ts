import type {DaemonEvent} from './event.ts';
import {labels as names} from './labels.ts';

/** An event as dockerd's API words it, for programs that were written for that. */
export type EngineEvent = {
	readonly Type: 'container' | 'image';
	readonly Action: string;
	readonly id: string;
	readonly attributes: Readonly<Record<string, string>>;
	/** Epoch ms. */
	readonly at: number;
};

/** What is known of the container that an event is about; its labels are attributes, as dockerd has them. */
export type EngineContainer = {readonly image: string; readonly labels: Readonly<Record<string, string>>};

const actions: Partial<Record<DaemonEvent['kind'], string>> = {
	...{'container-created': 'create', 'container-updated': 'update', 'container-deleted': 'destroy'},
	...{'task-started': 'start', 'task-paused': 'pause', 'task-resumed': 'unpause', 'task-oom': 'oom', 'task-checkpointed': 'checkpoint'},
	...{'exec-added': 'exec_create', 'exec-started': 'exec_start', 'image-created': 'tag', 'image-updated': 'tag', 'image-deleted': 'untag'},
};

const attributesOf = ({image, labels}: EngineContainer): Readonly<Record<string, string>> => ({
	...Object.fromEntries(Object.entries(labels).filter(([key]) => !key.startsWith('nerdctl/') && !key.startsWith('containerd.io/') && !key.startsWith('io.containerd.'))),
	image,
	...(labels[names.name] ? {name: labels[names.name]} : {}),
});

/** Undefined for what dockerd has no event for: content, snapshots, namespaces, the making and unmaking of tasks. */
export const engineEvent = (event: DaemonEvent, container: EngineContainer | undefined): EngineEvent | undefined => {
	const about = container === undefined ? {} : attributesOf(container);
	if (event.kind === 'task-exited') {
		const isExec = event.execId !== '' && event.execId !== event.containerId;
		const ended = {...about, exitCode: String(event.exitStatus), ...(isExec ? {execID: event.execId} : {})};
		return {Type: 'container', Action: isExec ? 'exec_die' : 'die', id: event.containerId, attributes: ended, at: event.at};
	}
	const action = actions[event.kind];
	if (action === undefined) return undefined;
	if ('image' in event) return {Type: 'image', Action: action, id: event.image, attributes: {name: event.image}, at: event.at};
	if (!('containerId' in event)) return undefined;
	const exec: Readonly<Record<string, string>> = 'execId' in event && event.execId ? {execID: event.execId} : {};
	return {Type: 'container', Action: action, id: event.containerId, attributes: {...about, ...exec}, at: event.at};
};

const nanoseconds = (at: number): string => `${Math.floor(at)}${'0'.repeat(6)}`;

/** A line of `docker events`. */
export const engineLine = ({Type, Action, id, attributes, at}: EngineEvent): string => {
	const said = Object.entries(attributes)
		.sort(([a], [b]) => (a < b ? -1 : 1))
		.map(([key, value]) => `${key}=${value}`)
		.join(', ');
	return `${new Date(at).toISOString().replace('Z', '000000Z')} ${Type} ${Action} ${id}${said === '' ? '' : ` (${said})`}`;
};

/** As the API sends it. Written by hand: nanoseconds since 1970 are more than a number of JavaScript holds. */
export const engineJson = ({Type, Action, id, attributes, at}: EngineEvent): string => {
	const old = Type === 'container' ? {status: Action, id, from: attributes['image'] ?? ''} : {status: Action, id};
	const body = JSON.stringify({...old, Type, Action, Actor: {ID: id, Attributes: attributes}, scope: 'local', time: Math.floor(at / 1000)});
	return `${body.slice(0, -1)},"timeNano":${nanoseconds(at)}}`;
};

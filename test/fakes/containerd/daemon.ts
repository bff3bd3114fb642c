import {randomUUID} from 'node:crypto';
import {status} from '@grpc/grpc-js';
import type {DiffService} from '../../../source/protocol/generated/diff.ts';
import type {EventsService} from '../../../source/protocol/generated/events.ts';
import {HealthCheckResponse_ServingStatus, type HealthService} from '../../../source/protocol/generated/health.ts';
import type {IntrospectionService, Plugin} from '../../../source/protocol/generated/introspection.ts';
import type {Envelope} from '../../../source/protocol/generated/types.ts';
import type {VersionService} from '../../../source/protocol/generated/version.ts';
import {fieldsOf, matcher} from './filters.ts';
import {type Handlers, notFound, refusal} from './serve.ts';
import type {State} from './state.ts';

export const versionHandlers = (version: string): Handlers<VersionService> => ({version: () => ({version, revision: 'fake'})});

export const healthHandlers = (): Handlers<HealthService> => ({check: () => ({status: HealthCheckResponse_ServingStatus.SERVING})});

export const introspectionHandlers = (state: State): Handlers<IntrospectionService> => {
	const uuid = randomUUID();
	return {
		plugins: ({filters}) => {
			const matches = matcher(filters);
			return {plugins: state.plugins.filter(({type, id}) => matches(fieldsOf({type, id})))};
		},
		server: () => ({uuid, pid: process.pid, pidns: 0, deprecations: []}),
		pluginInfo: ({type, id}) => {
			const plugin = state.plugins.find(one => one.type === type && one.id === id);
			if (plugin === undefined) throw notFound(`plugin ${type}.${id}`);
			return {plugin, extra: undefined};
		},
	};
};

/** Events wait here while the reader is slow. As in containerd, nothing is dropped. */
const queued = async function* (state: State, wanted: (envelope: Envelope) => boolean, signal: AbortSignal): AsyncGenerator<Envelope> {
	const queue: Envelope[] = [];
	let wake = (): void => {};
	const unfollow = state.follow(envelope => {
		if (!wanted(envelope)) return;
		queue.push(envelope);
		wake();
	});
	signal.addEventListener('abort', () => wake(), {once: true});
	try {
		while (!signal.aborted) {
			const next = queue.shift();
			if (next !== undefined) yield next;
			else {
				await new Promise<void>(resolve => {
					wake = resolve;
				});
			}
		}
	} finally {
		unfollow();
	}
};

export const eventHandlers = (state: State): Handlers<EventsService> => ({
	publish: ({topic, event}, {namespace}) => {
		if (namespace === '') throw refusal(status.FAILED_PRECONDITION, 'namespace is required: failed precondition');
		state.publish(namespace, topic, event!);
		return {};
	},
	forward: ({envelope}) => {
		state.publish(envelope!.namespace, envelope!.topic, envelope!.event!);
		return {};
	},
	subscribe: ({filters}, {signal}) => {
		const matches = matcher(filters);
		return queued(state, ({namespace, topic}) => matches(fieldsOf({namespace, topic})), signal);
	},
});

/** There is no file system behind the fake, so there is nothing to compare or to unpack onto. */
export const diffHandlers = (): Handlers<DiffService> => ({
	apply: () => {
		throw refusal(status.UNIMPLEMENTED, 'the fake has no file systems');
	},
	diff: () => {
		throw refusal(status.UNIMPLEMENTED, 'the fake has no file systems');
	},
});

const plugin = (type: string, id: string, more: Partial<Plugin> = {}): Plugin => ({
	...{type, id, requires: [], exports: {}, capabilities: [], initErr: undefined},
	platforms: [{os: 'linux', architecture: 'amd64', variant: '', osVersion: '', osFeatures: []}],
	...more,
});

export const usualPlugins = (): Plugin[] => [
	plugin('io.containerd.snapshotter.v1', 'overlayfs', {exports: {root: '/fake/overlayfs'}}),
	plugin('io.containerd.snapshotter.v1', 'native', {exports: {root: '/fake/native'}}),
	plugin('io.containerd.snapshotter.v1', 'zfs', {initErr: {code: 2, message: 'path /fake/zfs must be a zfs filesystem: skip plugin', details: []}}),
	plugin('io.containerd.content.v1', 'content'),
];

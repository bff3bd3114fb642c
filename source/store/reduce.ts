import {containerKey} from '../model/container.ts';
import {imageKey} from '../model/image.ts';
import {networkKey} from '../model/network.ts';
import {volumeKey} from '../model/volume.ts';
import type {StoreEvent} from './events.ts';
import {type Known, maxEvents, type State, unknownYet} from './state.ts';

const live = <T>(items: ReadonlyMap<string, T>): Known<T> => ({items, freshness: 'live', failure: undefined});

const stale = <T>(known: Known<T>): Known<T> => (known.freshness === 'live' ? {...known, freshness: 'stale'} : known);

const changed = <K, V>(map: ReadonlyMap<K, V>, key: K, value: V | undefined): ReadonlyMap<K, V> => {
	if (value === undefined && !map.has(key)) return map;
	const next = new Map(map);
	if (value === undefined) next.delete(key);
	else next.set(key, value);
	return next;
};

const keyed = <T>(items: readonly T[], keyOf: (item: T) => string): ReadonlyMap<string, T> => new Map(items.map((item) => [keyOf(item), item]));

const totalCpu = (usage: State['usage']): number => {
	let sum = 0;
	for (const {cpuPercent} of usage.values()) sum += cpuPercent ?? 0;
	return sum;
};

const snapshotKey = (snapshot: {readonly namespace: string; readonly key: string}) => `${snapshot.namespace} ${snapshot.key}`;

/** The whole life of the state in one pure function: exhaustive, so the compiler names the event that is missing. */
export const reduce = (state: State, event: StoreEvent): State => {
	switch (event.type) {
		case 'connection-changed': {
			const {connection} = event;
			if (connection.status === 'live') return {...state, connection};
			return {
				...state,
				connection,
				// What was said before is old news beside this.
				readNotice: state.connection.status === 'live' ? (state.notices.at(-1)?.id ?? state.readNotice) : state.readNotice,
				containers: stale(state.containers),
				images: stale(state.images),
				snapshotters: stale(state.snapshotters),
				snapshots: stale(state.snapshots),
				networks: stale(state.networks),
				volumes: stale(state.volumes),
				usage: new Map(),
			};
		}
		case 'hosts-found':
			return {...state, hosts: event.hosts};
		case 'host-changed':
			return {
				...forgotten(state),
				address: event.address,
				connection: {status: 'connecting'},
				namespaces: [],
				hosts: state.hosts.map((host) => ({...host, isCurrent: host.address === event.address})),
			};
		case 'namespaces-listed':
			return {...state, namespaces: event.namespaces};
		case 'scope-changed':
			return {...forgotten(state), scope: event.scope};
		case 'containers-listed':
			return {...state, containers: live(keyed(event.containers, containerKey))};
		case 'containers-arrived': {
			const items = new Map(state.containers.items);
			for (const container of event.containers) items.set(containerKey(container), container);
			return {...state, containers: {...state.containers, items}};
		}
		case 'container-gone':
			return {
				...state,
				containers: {...state.containers, items: changed(state.containers.items, event.key, undefined)},
				usage: changed(state.usage, event.key, undefined),
			};
		case 'task-changed': {
			const key = containerKey(event.ref);
			const container = state.containers.items.get(key);
			if (container === undefined) return state;
			return {
				...state,
				containers: {...state.containers, items: changed(state.containers.items, key, {...container, task: event.task})},
				usage: event.task?.status === 'running' ? state.usage : changed(state.usage, key, undefined),
			};
		}
		case 'images-listed':
			return {...state, images: live(keyed(event.images, imageKey))};
		case 'image-summarized':
			return {...state, imageSummaries: changed(state.imageSummaries, event.digest, event.summary)};
		case 'remote-image-seen':
			return {...state, remoteImages: changed(state.remoteImages, event.key, event.remote)};
		case 'snapshotters-listed':
			return {...state, snapshotters: live(keyed(event.snapshotters, (entry) => entry.name))};
		case 'snapshotter-counted': {
			const entry = state.snapshotters.items.get(event.name);
			if (entry === undefined) return state;
			const items = changed(state.snapshotters.items, event.name, {...entry, totals: event.totals});
			return {...state, snapshotters: {...state.snapshotters, items}};
		}
		case 'snapshots-listed':
			return {...state, snapshots: live(keyed(event.snapshots, snapshotKey))};
		case 'networks-listed':
			return {...state, networks: live(keyed(event.networks, networkKey))};
		case 'volumes-listed':
			return {...state, volumes: live(keyed(event.volumes, volumeKey))};
		case 'volume-measured':
			return {...state, volumeSizes: changed(state.volumeSizes, event.key, event.sizeBytes)};
		case 'project-files-found':
			return JSON.stringify(event.files) === JSON.stringify(state.projectFiles) ? state : {...state, projectFiles: event.files};
		case 'project-drift-seen':
			return {...state, projectDrifts: changed(state.projectDrifts, event.key, event.drift)};
		case 'builds-listed':
			return {...state, builds: live(keyed(event.builds, ({id}) => id))};
		case 'buildkit-sought':
			return {...state, buildkit: event.buildkit};
		case 'list-failed':
			return {...state, [event.list]: {...state[event.list], freshness: 'stale', failure: event.reason}};
		case 'usage-sampled':
			return {...state, usage: event.usage, cpuHistory: [...state.cpuHistory, totalCpu(event.usage)].slice(-24)};
		case 'machine-sampled':
			return {...state, machine: event.machine};
		case 'events-heard':
			return {...state, events: [...state.events, ...event.events].slice(-maxEvents)};
		case 'pending-changed':
			return {...state, pending: changed(state.pending, event.key, event.verb)};
		case 'notice-given':
			return {...state, notices: [...state.notices.slice(-19), event.notice]};
		case 'notice-dismissed':
			return {...state, readNotice: Math.max(state.readNotice, event.id)};
		case 'minute-passed':
			return {...state, minute: event.at};
		case 'view-changed':
			return {...state, view: {...state.view, ...event.change}};
		case 'pane-changed':
			return {
				...state,
				view: {...state.view, panes: {...state.view.panes, [event.pane]: {...state.view.panes[event.pane], ...event.change}}},
			};
		case 'tab-changed':
			return {...state, view: {...state.view, tabs: {...state.view.tabs, [event.pane]: event.tab}}};
		case 'overlay-opened':
			return withOverlays(state, [...state.view.overlays, event.overlay]);
		case 'overlay-changed':
			return withOverlays(
				state,
				state.view.overlays.map((overlay) => (overlay.id === event.overlay.id ? event.overlay : overlay)),
			);
		case 'overlay-closed':
			return withOverlays(
				state,
				state.view.overlays.filter((overlay) => overlay.id !== event.id),
			);
	}
};

const withOverlays = (state: State, overlays: State['view']['overlays']): State => ({...state, view: {...state.view, overlays}});

/** Another namespace or daemon: what was listed is not stale, it is about something else. */
const forgotten = (state: State): State => ({
	...state,
	containers: unknownYet,
	images: unknownYet,
	remoteImages: new Map(),
	snapshotters: unknownYet,
	snapshots: unknownYet,
	networks: unknownYet,
	volumes: unknownYet,
	volumeSizes: new Map(),
	projectDrifts: new Map(),
	usage: new Map(),
	pending: new Map(),
});

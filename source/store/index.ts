import {createStore, type Store} from './create-store.ts';
import type {StoreEvent} from './events.ts';
import {reduce} from './reduce.ts';
import {type Scope, type State, unknownYet} from './state.ts';
import {initialView, type View} from './view.ts';

export type {StoreEvent} from './events.ts';
export type * from './state.ts';
export type * from './view.ts';
export type * from './rows/types.ts';

export type AppStore = Store<State, StoreEvent>;

export type Beginning = {
	readonly address: string;
	readonly hostname: string;
	readonly snapshotter: string;
	readonly readonly: boolean;
	readonly scope: Scope;
	readonly now: number;
	readonly view?: Partial<View>;
};

export const createAppStore = ({now, view, ...beginning}: Beginning): AppStore =>
	createStore<State, StoreEvent>(
		{
			...beginning,
			connection: {status: 'connecting'},
			hosts: [],
			namespaces: [],
			containers: unknownYet,
			images: unknownYet,
			imageSummaries: new Map(),
			remoteImages: new Map(),
			snapshotters: unknownYet,
			snapshots: unknownYet,
			networks: unknownYet,
			volumes: unknownYet,
			volumeSizes: new Map(),
			builds: unknownYet,
			buildkit: {status: 'unknown'},
			projectFiles: [],
			projectDrifts: new Map(),
			usage: new Map(),
			cpuHistory: [],
			machine: undefined,
			pending: new Map(),
			notices: [],
			readNotice: 0,
			events: [],
			minute: now,
			view: {...initialView, ...view},
		},
		reduce,
	);

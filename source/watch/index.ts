import type {Containerd} from '../clients/containerd/types.ts';
import type {ImagesService} from '../services/images/types.ts';
import type {NetworksService} from '../services/networks/types.ts';
import type {SnapshotsService} from '../services/snapshots/types.ts';
import type {VolumesService} from '../services/volumes/types.ts';
import type {AppStore} from '../store/index.ts';
import {type Clock, realClock} from './clock.ts';
import {buildsClue, type BuildsWatching, createBuildsList} from './builds.ts';
import {listNetworks, networksClue} from './networks.ts';
import {countSnapshots, listSnapshotters, summarizeImages} from './summaries.ts';
import {supervise} from './supervisor.ts';
import {createVolumesList, volumesClue} from './volumes.ts';

export type {Clock} from './clock.ts';
export {realClock} from './clock.ts';
export {createSampler, type Sampler} from './sampler.ts';

export type WatchDependencies = {
	readonly containerd: Containerd;
	readonly store: AppStore;
	readonly images: Pick<ImagesService, 'summarize'>;
	readonly snapshots: Pick<SnapshotsService, 'snapshotters' | 'totals'>;
	/** Without it no networks are known. */
	readonly networks?: Pick<NetworksService, 'list'>;
	/** Without it no volumes are known. */
	readonly volumes?: Pick<VolumesService, 'list' | 'watch'>;
	/** Without it no builds are known. */
	readonly builds?: BuildsWatching;
	readonly clock?: Clock;
};

/** How the store keeps knowing: one watch per daemon. */
export type Watch = {
	/** List everything again; without a connection, try at once. */
	refresh(): void;
	/** Count what each snapshotter holds, again. */
	countSnapshots(): void;
	stop(): void;
};

export const createWatch = (dependencies: WatchDependencies): Watch => {
	const {containerd, store, clock = realClock} = dependencies;
	const stopping = new AbortController();
	const behind = {...dependencies, signal: stopping.signal};
	const summarize = onceAtATime(async () => summarizeImages(behind));
	const count = onceAtATime(async () => countSnapshots(behind));
	const listAll = onceAtATime(async () => listSnapshotters(behind));
	const {networks, volumes, builds} = dependencies;
	const listAllNetworks = networks === undefined ? () => undefined : onceAtATime(async () => listNetworks({store, networks, signal: stopping.signal}));
	let networkClue = networksClue(store.get());
	const listAllVolumes: () => void = volumes === undefined ? () => undefined : onceAtATime(createVolumesList({store, volumes, signal: stopping.signal}, () => listAllVolumes()));
	const listAllBuilds: () => void = builds === undefined ? () => undefined : onceAtATime(createBuildsList({...builds, store, signal: stopping.signal}));
	const stopBuilds = builds?.runs.watch(listAllBuilds);
	let buildClue = buildsClue(store.get());
	let clue = volumesClue(store.get());
	let images = store.get().images.items;
	const unsubscribe = store.subscribe(() => {
		const networkClueNow = networksClue(store.get());
		if (networkClueNow.some((part, at) => part !== networkClue[at])) {
			networkClue = networkClueNow;
			listAllNetworks();
		}
		const buildClueNow = buildsClue(store.get());
		if (buildClueNow.some((part, at) => part !== buildClue[at])) {
			buildClue = buildClueNow;
			listAllBuilds();
		}
		const clueNow = volumesClue(store.get());
		if (clueNow.some((part, at) => part !== clue[at])) {
			clue = clueNow;
			listAllVolumes();
		}
		const now = store.get().images.items;
		if (now === images) return;
		images = now;
		summarize();
	});
	const supervisor = supervise({containerd, store, clock, onLive: listAll});
	listAllBuilds();
	const tick = setInterval(() => store.dispatch({type: 'minute-passed', at: clock.now()}), 60_000);
	tick.unref();
	return {
		refresh() {
			supervisor.refresh();
			listAll();
			listAllNetworks();
			listAllVolumes();
			listAllBuilds();
		},
		countSnapshots: count,
		stop() {
			stopping.abort();
			stopBuilds?.();
			clearInterval(tick);
			unsubscribe();
			supervisor.stop();
		},
	};
};

/** Asked again while it runs, it runs once more afterwards, however often it was asked. */
const onceAtATime = (work: () => Promise<void>): (() => void) => {
	let state: 'idle' | 'running' | 'again' = 'idle';
	const run = async () => {
		do {
			state = 'running';
			await work();
		} while (wasAskedAgain());
		state = 'idle';
	};
	const wasAskedAgain = () => state === 'again';
	return () => {
		if (state === 'idle') void run();
		else state = 'again';
	};
};

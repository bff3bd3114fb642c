import {hostname} from 'node:os';
import process from 'node:process';
import type {DashboardFlags} from './flags.ts';
import {Failure, sentence} from '../errors.ts';
import {type Command, commands, type Context, createDialogs, createJobs, notify, runCommand, type Services, type Terminal} from '../commands/index.ts';
import {resolveKeymap} from '../commands/keymap/index.ts';
import {findBuildkit} from '../commands/line/buildkit-host.ts';
import type {LoadedPreferences, Settings} from '../config/index.ts';
import type {BuildsService} from '../services/builds/types.ts';
import {createHistory} from '../services/history/index.ts';
import {type AppStore, createAppStore, type State} from '../store/index.ts';
import {createSampler, createWatch, realClock, type Sampler, type Watch} from '../watch/index.ts';
import {createProjectWatch} from '../watch/projects.ts';
import {sweepForgotten} from '../watch/forgotten.ts';
import {watchHealth} from '../watch/health.ts';
import {readMachine} from '../clients/host/machine.ts';
import {readNetworkCounters} from '../clients/host/network-counters.ts';
import type {ComposeAccess} from '../services/compose/types.ts';
import {openBuildRuns, openBuilds} from './builds.ts';
import {cgroupManager} from './cgroup-manager.ts';
import {openComposeAccess} from './compose.ts';
import type {Daemon} from './daemon.ts';
import type {FirstLook} from './first-look.ts';
import {createScopeChoice} from './scope-choice.ts';

export type DashboardOptions = {
	readonly flags: DashboardFlags;
	readonly settings: Settings;
	readonly loaded: LoadedPreferences;
	readonly environment: Readonly<Record<string, string | undefined>>;
	/** Where the person stands; by default where the process does. */
	readonly cwd?: string;
};

/** The program behind the screen: everything but the terminal. */
export type Dashboard = {
	readonly store: AppStore;
	readonly sampler: Sampler;
	readonly context: Context;
	readonly keymap: ReturnType<typeof resolveKeymap>;
	readonly daemon: () => Daemon;
	/** Show what a first look saw until the daemon itself is heard. */
	begin(look: FirstLook): void;
	/** Loads the clients, finds the daemon, and keeps knowing; what a first look saw is opened first and replaced only by a better find. */
	connect(look?: FirstLook): Promise<void>;
	/** Ends when what was under way has been put away. */
	close(): Promise<void>;
};

const namespaceOf = ({scope}: State): string => (scope.kind === 'one' ? scope.namespace : 'default');

const notConnected = () => new Failure('unavailable', 'There is no connection to a containerd yet', {hint: 'wait for it, or start gantry with --address PATH'});

export const createDashboard = ({flags, settings, loaded, environment: given, cwd = process.cwd()}: DashboardOptions, terminal: (dashboard: {readonly store: AppStore}) => Terminal, exit: () => void): Dashboard => {
	// A flag is to be heard wherever the variable is: builds, the pane of builds, and projects that build.
	const environment = settings.buildkitHost === undefined ? given : {...given, BUILDKIT_HOST: settings.buildkitHost.value};
	const store = createAppStore({
		address: settings.address?.value ?? '',
		hostname: hostname(),
		snapshotter: settings.snapshotter.value,
		readonly: flags.readonly || loaded.preferences.readonly,
		scope: flags.allNamespaces ? {kind: 'all'} : {kind: 'one', namespace: settings.namespace?.value ?? 'default'},
		now: Date.now(),
		view: {mouse: loaded.preferences.mouse},
	});
	const keymap = resolveKeymap({commands, preset: loaded.preferences.keys.preset, bindings: loaded.preferences.keys.bindings});
	let daemon: Daemon | undefined;
	let builds: BuildsService | undefined;
	let watch: Watch | undefined;
	let health: {stop(): void} | undefined;
	let forgotten: {stop(): void} | undefined;
	let compose: ComposeAccess | undefined;
	const current = (): Daemon => {
		if (daemon === undefined) throw notConnected();
		return daemon;
	};
	const services: Services = {
		get containers() {
			return current().containers;
		},
		get images() {
			return current().images;
		},
		get snapshots() {
			return current().snapshots;
		},
		get layers() {
			return current().layers;
		},
		get disk() {
			return current().disk;
		},
		get files() {
			return current().files;
		},
		get volumes() {
			return current().volumes;
		},
		get networks() {
			return current().networks;
		},
		get compose() {
			if (compose === undefined) throw notConnected();
			return compose;
		},
		get builds() {
			if (builds === undefined) throw notConnected();
			return builds;
		},
		buildRuns: openBuildRuns(settings.stateDirectory, () => services.builds),
		history: createHistory(settings.stateDirectory),
	};
	const projects = createProjectWatch({store, compose: () => compose, history: services.history, clock: realClock});
	const sampler = createSampler({
		containerd: () => daemon?.containerd,
		store,
		clock: realClock,
		intervalMs: loaded.preferences.refresh * 1000,
		readNetwork: async (pid) => readNetworkCounters(pid),
		readMachine: async () => readMachine(settings.dataRoot.value),
	});
	const open = async (address: string) => {
		const [{networkPlaces, openDaemon}, {registryAccess}, {connect}] = await Promise.all([import('./daemon.ts'), import('./registries.ts'), import('./connect.ts')]);
		await context.jobs.end();
		watch?.stop();
		health?.stop();
		forgotten?.stop();
		daemon?.containerd.close();
		daemon = openDaemon({address, containerd: connect(address)}, settings.dataRoot.value, networkPlaces(settings), registryAccess(settings, false, 'dashboard'));
		compose = openComposeAccess({daemon, dataRoot: settings.dataRoot.value, snapshotter: settings.snapshotter.value, cgroupManager: () => cgroupManager(settings), env: environment, cwd});
		builds = openBuilds(daemon);
		const find = async (call: {readonly signal: AbortSignal}) => findBuildkit({services, env: environment, global: {namespace: namespaceOf(store.get())}, ...call}, undefined);
		watch = createWatch({
			...{containerd: daemon.containerd, store, images: daemon.images, snapshots: daemon.snapshots, networks: daemon.networks, volumes: daemon.volumes},
			builds: {runs: services.buildRuns, builds: services.builds, find},
		});
		// A check writes down its result: a Gantry that may change nothing runs none, nor does one that only prints.
		if (store.get().readonly || flags.once) return;
		health = watchHealth({store, containers: daemon.containers});
		forgotten = sweepForgotten({store, containers: daemon.containers, say: text => notify(store, 'bad', text)});
	};
	const scopeChoice = createScopeChoice({
		store,
		choose: async () => (await import('./find-daemon.ts')).findScope(current().containerd, settings),
		refresh: () => watch?.refresh(),
	});
	const leaveScopeOpen = () => {
		if (settings.namespace === undefined) scopeChoice.leaveOpen();
	};
	const context: Context = {
		store,
		services,
		watch: {
			refresh: () => {
				watch?.refresh();
				projects.refresh();
			},
			countSnapshots: () => watch?.countSnapshots(),
			holdProjects: projects.hold,
			refreshProjects: projects.refresh,
		},
		dialogs: createDialogs(store),
		jobs: createJobs(store),
		terminal: terminal({store}),
		commands,
		keysOf: keymap.keysOf,
		run: async (command: Command) => runCommand(command, context),
		detail: undefined,
		listRows: 10,
		openHost: (address) => {
			store.dispatch({type: 'host-changed', address});
			leaveScopeOpen();
			void open(address);
		},
		confirmsAll: loaded.preferences.confirm === 'always',
		environment,
		get cgroupManager() {
			return cgroupManager(settings);
		},
		exit,
	};
	return {
		store,
		sampler,
		context,
		keymap,
		daemon: current,
		begin({address, scope, containers}) {
			if (address !== store.get().address) store.dispatch({type: 'host-changed', address});
			store.dispatch({type: 'scope-changed', scope});
			store.dispatch({type: 'containers-arrived', containers});
		},
		async connect(look) {
			for (const problem of [...loaded.problems, ...settings.problems, ...keymap.problems]) notify(store, 'bad', problem);
			if (look !== undefined) await open(look.address);
			const address = await locate(settings, environment, store, look, leaveScopeOpen);
			if (address !== daemon?.address) await open(address);
		},
		async close() {
			await context.jobs.end();
			watch?.stop();
			health?.stop();
			forgotten?.stop();
			sampler.stop();
			projects.stop();
			daemon?.containerd.close();
		},
	};
};

const defaultAddress = '/run/containerd/containerd.sock';

/** Nothing found is not the end: the banner says why, and the usual place is tried again until something is there. */
const locate = async (settings: Settings, environment: DashboardOptions['environment'], store: AppStore, look: FirstLook | undefined, leaveScopeOpen: () => void): Promise<string> => {
	const {findDaemon, findScope} = await import('./find-daemon.ts');
	const {connect} = await import('./connect.ts');
	try {
		const {address, choices} = await findDaemon(settings, connect, environment, process.geteuid?.() ?? 0);
		if (choices.length > 0) store.dispatch({type: 'hosts-found', hosts: choices});
		if (address === look?.address) return address;
		store.dispatch({type: 'host-changed', address});
		if (settings.namespace === undefined && store.get().scope.kind !== 'all') {
			const asking = connect(address);
			try {
				store.dispatch({type: 'scope-changed', scope: await findScope(asking, settings)});
			} finally {
				asking.close();
			}
		}
		return address;
	} catch (error) {
		if (look !== undefined) return look.address;
		const address = settings.address?.value ?? defaultAddress;
		store.dispatch({type: 'connection-changed', connection: {status: 'failed', reason: sentence(error), attempt: 1}});
		leaveScopeOpen();
		return address;
	}
};

import {join} from 'node:path';
import {isAbort, isFailure, sentence} from '../errors.ts';
import {watchFiles} from '../clients/host/watch-files.ts';
import {type Drift, driftOf, noDrift} from '../model/compose/drift.ts';
import {normalizeProjectName} from '../model/compose/name.ts';
import type {Plan} from '../model/compose/plan/index.ts';
import type {Project} from '../model/compose/project.ts';
import type {ProjectFile, ProjectSource} from '../model/compose/project-source.ts';
import {labels} from '../model/labels.ts';
import type {ComposeAccess} from '../services/compose/types.ts';
import type {HistoryService} from '../services/history/types.ts';
import type {AppStore, ProjectRow, State} from '../store/index.ts';
import {allProjects} from '../store/rows/index.ts';
import type {Clock} from './clock.ts';

export type ProjectWatchDependencies = {
	readonly store: AppStore;
	/** Undefined until there is a daemon. */
	readonly compose: () => ComposeAccess | undefined;
	readonly history: Pick<HistoryService, 'recent'>;
	readonly clock: Clock;
};

export type ProjectWatch = {
	/** Knows projects by their files, and what `up` would do to each, while somebody looks at them. Answers how to let go. */
	hold(): () => void;
	/** Look again, whether anything is known to have changed or not. */
	refresh(): void;
	stop(): void;
};

/** Events come in bunches: starting a project makes dozens. */
const settleMs = 200;

/** What there is of projects: looked through only when some container has changed, since the store tells of every key press. */
const createMembers = () => {
	let seen: unknown;
	let members = '';
	return ({containers}: State): string => {
		if (containers.items === seen) return members;
		seen = containers.items;
		members = [...containers.items.values()]
			.filter(({labels: all}) => all[labels.composeProject] !== undefined)
			.map(({id, namespace, labels: all, task}) => `${namespace}/${id} ${task?.status ?? ''} ${all[labels.name] ?? ''}`)
			.join('\n');
		return members;
	};
};

/** What, when it changes, may make another plan: containers of projects, and everything that they are made of. */
const createClue = () => {
	const members = createMembers();
	return (state: State): readonly unknown[] => [members(state), state.networks.items, state.volumes.items, state.images.items, state.connection.status, state.scope];
};

/**
The last step of what is known about compose projects, and the only one that reads files. It does one project after the other, each in its own
turn of the event loop, and only while the pane is looked at.
*/
export const createProjectWatch = ({store, compose, history, clock}: ProjectWatchDependencies): ProjectWatch => {
	const stopping = new AbortController();
	const {signal} = stopping;
	let holders = 0;
	let isRunning = false;
	let isAsked = false;
	const clueOf = createClue();
	let clue: readonly unknown[] = [];
	let watched: {readonly paths: string; stop(): void} | undefined;
	/** A long file takes longer to read than everything else: it is read again when it changed, and not because a container did. */
	const loaded = new Map<string, Promise<Project>>();

	const read = async (access: ComposeAccess, source: ProjectSource): Promise<Project> => {
		const key = JSON.stringify(source);
		const reading = loaded.get(key) ?? access.read(source, {signal}).then(({project}) => project);
		loaded.set(key, reading);
		return reading;
	};

	const remembered = async (access: ComposeAccess): Promise<ReadonlyArray<Omit<ProjectFile, 'name'>>> => {
		const places = await Promise.all(
			(await history.recent('compose')).map(async (path) => access.sourceAt(path).catch(() => (/\.ya?ml$/.test(path) ? {directory: join(path, '..'), files: [path]} : {directory: path, files: [join(path, 'compose.yaml')]}))),
		);
		const around = await access.around().catch(() => undefined);
		const known = new Map(places.map((place): [string, Omit<ProjectFile, 'name'>] => [place.files.join(','), {...place, isRemembered: true}]));
		const here = around?.files.join(',');
		if (around !== undefined && here !== undefined && !known.has(here)) known.set(here, {...around, isRemembered: false});
		return [...known.values()];
	};

	const nameOf = async (access: ComposeAccess, {directory, files}: Omit<ProjectFile, 'name'>): Promise<string> => {
		try {
			return (await read(access, {directory, files, name: undefined, services: []})).name;
		} catch {
			// Why it can not be read is the drift's to say; it needs a name until then.
			return normalizeProjectName(directory.slice(directory.lastIndexOf('/') + 1)) || 'project';
		}
	};

	const drift = async (access: ComposeAccess, source: ProjectSource | undefined, plan: (project: Project) => Promise<Plan>): Promise<Drift> => {
		if (source === undefined) return noDrift('none', 'its containers do not say which files they come from: n names them');
		let project: Project;
		try {
			project = await read(access, source);
		} catch (error) {
			if (isAbort(error)) throw error;
			return noDrift(isFailure(error, 'not-found') && source.files.some((file) => error.told?.action === `read ${file}`) ? 'gone' : 'broken', sentence(error));
		}
		try {
			return driftOf(project, await plan(project));
		} catch (error) {
			if (isAbort(error) || isFailure(error, 'unavailable')) throw error;
			const {services, stamp} = driftOf(project, {project: project.name, operations: [], warnings: []});
			return {...noDrift('refused', sentence(error)), services, stamp};
		}
	};

	const lookAtAll = async (access: ComposeAccess): Promise<void> => {
		const places = await remembered(access);
		const files: ProjectFile[] = [];
		for (const place of places) files.push({...place, name: await nameOf(access, place)});
		store.dispatch({type: 'project-files-found', files});
		const rows = allProjects(store.get());
		const paths = [...new Set(rows.flatMap(({source}) => (source === undefined ? [] : [...source.files, join(source.directory, '.env')])))].sort();
		if (watched?.paths !== paths.join('\n')) {
			watched?.stop();
			watched = {paths: paths.join('\n'), ...watchFiles(paths, askAnew, (name) => /\.ya?ml$|\.env/.test(name))};
		}
		for (const [namespace, own] of Map.groupBy(rows, (row: ProjectRow) => row.namespace)) {
			const plan = await (await access.at(namespace)).look({signal});
			for (const {key, source} of own) {
				const found = await drift(access, source, plan);
				if (JSON.stringify(found) !== JSON.stringify(store.get().projectDrifts.get(key))) store.dispatch({type: 'project-drift-seen', key, drift: found});
				await new Promise(setImmediate);
			}
		}
	};

	const run = async (): Promise<void> => {
		isRunning = true;
		while (isAsked && holders > 0 && !signal.aborted) {
			isAsked = false;
			const access = compose();
			if (access === undefined || store.get().connection.status !== 'live') break;
			try {
				await lookAtAll(access);
				await clock.sleep(settleMs, signal);
			} catch (error) {
				// The daemon is away: that is told elsewhere, and when it is back the clue changes.
				if (isAbort(error)) break;
			}
		}
		isRunning = false;
	};

	const ask = (): void => {
		isAsked = true;
		if (!isRunning && holders > 0) void run();
	};

	const askAnew = (): void => {
		loaded.clear();
		ask();
	};

	const unsubscribe = store.subscribe(() => {
		if (holders === 0) return;
		const now = clueOf(store.get());
		if (now.every((part, at) => part === clue[at])) return;
		clue = now;
		ask();
	});

	return {
		hold() {
			holders += 1;
			if (holders === 1) {
				clue = clueOf(store.get());
				askAnew();
			}
			return () => {
				holders -= 1;
				if (holders > 0) return;
				watched?.stop();
				watched = undefined;
			};
		},
		refresh: askAnew,
		stop() {
			stopping.abort();
			unsubscribe();
			watched?.stop();
		},
	};
};

import {messageOf} from '../../errors.ts';
import {volumeKey} from '../../model/volume.ts';
import type {State, VolumeRow} from '../../store/index.ts';
import {rowsOf, targetRows} from '../../store/rows/index.ts';
import {notify} from '../runner.ts';
import type {Command} from '../types.ts';

const chosen = (state: State): readonly VolumeRow[] => targetRows(state, 'volumes').filter((row) => row.kind === 'volume');

const noVolume = (state: State): string | undefined => (chosen(state).length === 0 ? 'Select a volume first' : undefined);

/** Where new ones go: the namespace that is looked at, or the selected row's when it is all of them. */
const namespaceOf = (state: State): string | undefined => (state.scope.kind === 'one' ? state.scope.namespace : chosen(state)[0]?.namespace);

const namesOf = (rows: readonly VolumeRow[]): string => (rows.length === 1 ? (rows[0]?.volume.name ?? '') : `${rows.length} volumes`);

export const createVolume: Command = {
	id: 'volumes.create',
	title: 'Create',
	scope: 'volumes',
	keys: ['n'],
	changes: true,
	hint: {label: 'create', order: 1},
	refusal: (state) => (namespaceOf(state) === undefined ? 'Look into one namespace first: N' : undefined),
	nerdctl: () => 'nerdctl volume create NAME',
	run: async ({store, dialogs, services, watch}) => {
		const namespace = namespaceOf(store.get());
		const name = await dialogs.line({title: 'New volume', note: 'empty: a name is made up'});
		if (namespace === undefined || name === undefined) return;
		const {volume, created} = await services.volumes.create(namespace, name.trim() === '' ? {} : {name: name.trim()});
		watch.refresh();
		store.dispatch({type: 'pane-changed', pane: 'volumes', change: {selected: volumeKey(volume)}});
		notify(store, created ? 'good' : 'info', created ? `Created volume ${volume.name}` : `Volume ${volume.name} is there already`);
	},
};

export const removeVolumes: Command = {
	id: 'volumes.remove',
	title: 'Remove',
	scope: 'volumes',
	keys: ['d', 'delete'],
	changes: true,
	hint: {label: 'remove', order: 3},
	refusal: (state) => {
		const used = chosen(state).find((row) => row.usedBy.length > 0);
		return noVolume(state) ?? (used === undefined ? undefined : `${used.volume.name} is mounted by ${used.usedBy.join(', ')}: remove that container first`);
	},
	confirmation: (state) => ({title: `Remove ${namesOf(chosen(state))}?`, lines: ['What is in it is deleted.'], danger: true}),
	nerdctl: (state) => `nerdctl volume rm ${chosen(state).map(({volume}) => volume.name).join(' ')}`,
	run: async ({store, services, watch}) => {
		let removed = 0;
		for (const {volume} of chosen(store.get())) {
			try {
				await services.volumes.remove(volume.namespace, volume.name);
				removed += 1;
			} catch (error) {
				notify(store, 'bad', messageOf(error));
			}
		}
		watch.refresh();
		if (removed > 0) notify(store, 'good', `Removed ${removed} ${removed === 1 ? 'volume' : 'volumes'}`);
	},
};

export const pruneVolumes: Command = {
	id: 'volumes.prune',
	title: 'Prune: remove what no container mounts…',
	scope: 'volumes',
	keys: ['X'],
	changes: true,
	refusal: (state) => (namespaceOf(state) === undefined ? 'Look into one namespace first: N' : undefined),
	nerdctl: () => 'nerdctl volume prune',
	run: async ({store, dialogs, services, watch}) => {
		const namespace = namespaceOf(store.get());
		if (namespace === undefined) return;
		const unused = rowsOf(store.get(), 'volumes').filter((row) => row.kind === 'volume' && row.namespace === namespace && row.usedBy.length === 0) as readonly VolumeRow[];
		const anonymous = unused.filter(({volume}) => volume.isAnonymous).length;
		const which = await dialogs.choose({
			title: `Remove volumes that no container mounts, in ${namespace}`,
			choices: [
				{id: 'anonymous', label: 'Those without a name', note: String(anonymous), hotkey: 'a'},
				{id: 'all', label: 'All of them', note: String(unused.length), hotkey: 'e'},
			],
		});
		if (which === undefined) return;
		const {done, failed} = await services.volumes.prune(namespace, {all: which === 'all'});
		watch.refresh();
		for (const {error} of failed) notify(store, 'bad', messageOf(error));
		notify(store, 'good', done.length === 0 ? 'Nothing to remove' : `Removed ${done.length} ${done.length === 1 ? 'volume' : 'volumes'}`);
	},
};

/** Every file of a big volume is counted: so it is asked for, and can be cancelled. */
export const measureVolumes: Command = {
	id: 'volumes.measure',
	title: 'Count how much is in them: the marked ones, or all',
	scope: 'volumes',
	keys: ['m'],
	hint: {label: 'measure', order: 2},
	refusal: noVolume,
	run: ({store, services, jobs}) => {
		const {marks} = store.get().view.panes.volumes;
		const rows = marks.size > 0 ? chosen(store.get()) : rowsOf(store.get(), 'volumes').filter((row) => row.kind === 'volume');
		const count = `${rows.length} ${rows.length === 1 ? 'volume' : 'volumes'}`;
		jobs.start(`measure ${count}`, async ({signal}) => {
			for (const {key, volume} of rows) store.dispatch({type: 'volume-measured', key, sizeBytes: await services.volumes.size(volume, {signal})});
			return `Measured ${count}`;
		});
	},
};

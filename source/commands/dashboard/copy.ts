import {commandOf} from '../../model/build-run.ts';
import {displayName} from '../../model/grouping.ts';
import {plain} from '../../model/sanitize.ts';
import type {Row, State} from '../../store/index.ts';
import {selectedRow} from '../../store/rows/index.ts';
import {notify} from '../runner.ts';
import type {Command} from '../types.ts';

/** What a row has that a person wants elsewhere: label → text. */
export const copyable = (row: Row): ReadonlyArray<readonly [label: string, text: string]> => {
	switch (row.kind) {
		case 'container': {
			const {container} = row;
			return [
				['name', displayName(container)],
				['id', container.id],
				['image', container.image],
				['nerdctl line', `nerdctl -n ${container.namespace} inspect ${displayName(container)}`],
				...(container.task === undefined ? [] : ([['pid', String(container.task.pid)]] as const)),
			];
		}
		case 'image':
			return [...row.images.map((image) => ['name', image.name] as const), ['digest', row.digest]];
		case 'snapshot':
			return [
				['key', row.snapshot.key],
				['parent', row.snapshot.parent],
			];
		case 'network':
			return [
				['name', row.network.name],
				['id', row.network.id],
				['subnet', row.network.subnets[0]?.subnet ?? ''],
				['file', row.network.path],
			];
		case 'volume':
			return [
				['name', row.volume.name],
				['path', row.volume.path],
			];
		case 'build':
			return [
				...(row.run.order === undefined ? [] : ([['command', commandOf(row.run.order)]] as const)),
				...row.run.tags.map((tag) => ['image', tag] as const),
				['digest', row.run.digest ?? ''],
				['context', row.run.context],
				['id', row.run.id],
			];
		case 'group':
			return [['name', row.group.name]];
		case 'project':
			return [
				['name', row.project.name],
				...(row.source === undefined ? [] : ([['config files', row.source.files.join(',')], ['directory', row.source.directory]] as const)),
			];
		case 'service':
			return [
				['name', row.service.name],
				['containers', row.service.containers.map(displayName).join(' ')],
			];
		case 'snapshotter':
			return [['name', row.entry.name]];
	}
};

export const copy: Command = {
	id: 'row.copy',
	title: 'Copy',
	scope: 'list',
	keys: ['y'],
	refusal: (state: State) => (selectedRow(state, state.view.pane) === undefined ? 'Select a row first' : undefined),
	run: async ({store, dialogs, terminal}) => {
		const row = selectedRow(store.get(), store.get().view.pane);
		if (row === undefined) return;
		const offered = copyable(row).filter(([, text]) => text !== '');
		const chosen = await dialogs.choose({
			title: 'Copy',
			choices: offered.map(([label, text], index) => ({id: String(index), label, note: plain(text), hotkey: index < 9 ? String(index + 1) : undefined}) as const),
		});
		const text = chosen === undefined ? undefined : offered[Number(chosen)]?.[1];
		if (text === undefined) return;
		terminal.copy(text);
		notify(store, 'good', `Copied ${plain(text)}`);
	},
};

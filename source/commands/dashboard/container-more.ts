import {displayName} from '../../model/grouping.ts';
import {healthCheckOf} from '../../model/health.ts';
import {labels} from '../../model/labels.ts';
import {plain} from '../../model/sanitize.ts';
import type {Container} from '../../model/container.ts';
import type {State} from '../../store/index.ts';
import {noTarget, targets} from '../bulk.ts';
import {notify} from '../runner.ts';
import type {Command} from '../types.ts';

const only = (state: State): Container | undefined => {
	const [first, second] = targets(state);
	return second === undefined ? first : undefined;
};

const notOne = (state: State): string | undefined => noTarget(state) ?? (only(state) === undefined ? 'Select one container' : undefined);

export const renameContainer: Command = {
	id: 'containers.rename',
	title: 'Rename',
	scope: 'containers',
	keys: [],
	changes: true,
	refusal: notOne,
	nerdctl: (state) => `nerdctl rename ${only(state)?.labels[labels.name] ?? '…'} NEW`,
	run: async ({store, dialogs, services}) => {
		const container = only(store.get());
		if (container === undefined) return;
		const before = displayName(container);
		const name = await dialogs.line({title: `New name for ${before}`, text: before});
		if (name === undefined || name === '' || name === before) return;
		await services.containers.rename(container, name);
		notify(store, 'good', `Renamed ${before} to ${name}`);
	},
};

const letters = {added: 'A', changed: 'C', deleted: 'D'} as const;

/** More lines than this nobody reads in a dialog. */
const mostLines = 5000;

export const diffContainer: Command = {
	id: 'containers.diff',
	title: 'What it changed of its image',
	scope: 'containers',
	keys: [],
	refusal: notOne,
	nerdctl: (state) => `nerdctl diff ${only(state)?.labels[labels.name] ?? '…'}`,
	run: async ({store, dialogs, services}) => {
		const container = only(store.get());
		if (container === undefined) return;
		const lines: string[] = [];
		let count = 0;
		await services.files.changes(container, ({kind, path}) => {
			if (++count <= mostLines) lines.push(`${letters[kind]} ${plain(path)}`);
		});
		const more = count > mostLines ? [`… and ${count - mostLines} more`] : [];
		await dialogs.show({title: `What ${displayName(container)} changed`, lines: count === 0 ? ['Nothing.'] : [...lines, ...more]});
	},
};

export const checkHealth: Command = {
	id: 'containers.health',
	title: 'Check its health now',
	scope: 'containers',
	keys: [],
	changes: true,
	refusal: (state) => {
		const container = only(state);
		if (container === undefined) return notOne(state);
		if (healthCheckOf(container.labels) === undefined) return `${displayName(container)} declares no health check`;
		return container.task?.status === 'running' ? undefined : `${displayName(container)} is not running`;
	},
	nerdctl: (state) => `nerdctl container healthcheck ${only(state)?.labels[labels.name] ?? '…'}`,
	run: async ({store, services}) => {
		const container = only(store.get());
		if (container === undefined) return;
		const probed = await services.containers.probeHealth(container);
		if (probed === undefined) return;
		const [line = ''] = probed.output.trim().split('\n');
		notify(store, probed.exitCode === 0 ? 'good' : 'bad', `${displayName(container)} is ${probed.state.Status}: the check ended with ${probed.exitCode}${line === '' ? '' : `, ${plain(line)}`}`);
	},
};

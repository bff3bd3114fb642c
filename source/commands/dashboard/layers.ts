import type {Command, FileControls} from '../types.ts';

const withFiles =
	(act: (files: FileControls) => void): Command['run'] =>
	({detail}) => {
		if (detail?.files !== undefined) act(detail.files);
	};

/** Keys of the files of an image, layer by layer. */
export const fileCommands: readonly Command[] = [
	{id: 'files.next-layer', title: 'To the layer above', scope: 'files', keys: ['>'], hint: {label: 'layer', order: 1}, run: withFiles((files) => files.stepLayer(1))},
	{id: 'files.previous-layer', title: 'To the layer below', scope: 'files', keys: ['<'], run: withFiles((files) => files.stepLayer(-1))},
	{id: 'files.scope', title: 'This layer, or all up to it', scope: 'files', keys: ['a'], hint: {label: 'all layers', order: 2}, run: withFiles((files) => files.toggle('scope'))},
	{id: 'files.changes', title: 'Only what changed, or everything', scope: 'files', keys: ['c'], hint: {label: 'changes', order: 3}, run: withFiles((files) => files.toggle('changes'))},
	{id: 'files.sort', title: 'Sort by name or by size', scope: 'files', keys: ['o'], hint: {label: 'sort', order: 4}, run: withFiles((files) => files.toggle('sort'))},
	{
		id: 'files.waste',
		title: 'What later layers waste',
		scope: 'files',
		keys: ['w'],
		hint: {label: 'waste', order: 5},
		run: async ({detail, dialogs}) => {
			const lines = detail?.files?.wasteLines();
			if (lines !== undefined) await dialogs.show({title: 'Wasted space', lines});
		},
	},
	{id: 'files.fold', title: 'Fold or unfold the folder', scope: 'files', keys: ['enter', 'space'], run: ({detail}) => detail?.toggleFold?.()},
	{id: 'files.fold-all', title: 'Fold all folders', scope: 'files', keys: ['z'], run: ({detail}) => detail?.setFolds?.(false)},
	{id: 'files.unfold-all', title: 'Unfold all folders', scope: 'files', keys: ['Z'], run: ({detail}) => detail?.setFolds?.(true)},
	{
		id: 'files.search',
		title: 'Search the names of files',
		scope: 'files',
		keys: ['/'],
		run: async ({detail, dialogs}) => {
			const answer = await dialogs.line({title: '/', note: 'n N to the matches', onChange: (text) => detail?.search?.(text)});
			if (answer === undefined) detail?.search?.('');
		},
	},
	{id: 'files.next', title: 'Next match', scope: 'files', keys: ['n'], run: ({detail}) => detail?.nextMatch?.(1)},
	{id: 'files.previous', title: 'Previous match', scope: 'files', keys: ['N'], run: ({detail}) => detail?.nextMatch?.(-1)},
];

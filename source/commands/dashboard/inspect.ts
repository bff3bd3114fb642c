import type {Command} from '../types.ts';

/** Keys of a JSON document: a container's record and spec, an image's config. */
export const inspectCommands: readonly Command[] = [
	{
		id: 'inspect.search',
		title: 'Search in the document',
		scope: 'inspect',
		keys: ['/'],
		hint: {label: 'search', order: 1},
		run: async ({detail, dialogs}) => {
			const answer = await dialogs.line({title: '/', note: 'n N to the matches', onChange: (text) => detail?.search?.(text)});
			if (answer === undefined) detail?.search?.('');
		},
	},
	{id: 'inspect.next', title: 'Next match', scope: 'inspect', keys: ['n'], run: ({detail}) => detail?.nextMatch?.(1)},
	{id: 'inspect.previous', title: 'Previous match', scope: 'inspect', keys: ['N'], run: ({detail}) => detail?.nextMatch?.(-1)},
	{
		id: 'inspect.fold',
		title: 'Fold or unfold',
		scope: 'inspect',
		keys: ['enter', 'space'],
		hint: {label: 'fold', order: 2},
		run: ({detail}) => detail?.toggleFold?.(),
	},
	{id: 'inspect.fold-all', title: 'Fold everything', scope: 'inspect', keys: ['z'], run: ({detail}) => detail?.setFolds?.(false)},
	{id: 'inspect.unfold-all', title: 'Unfold everything', scope: 'inspect', keys: ['Z'], run: ({detail}) => detail?.setFolds?.(true)},
];

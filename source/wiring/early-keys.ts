import type {Command, Context} from '../commands/index.ts';
import {scopesOf} from '../commands/index.ts';
import type {InputEvent, InputFeed} from '../commands/keymap/index.ts';
import {rowsOf} from '../store/rows/index.ts';

export type EarlyKeysOptions = {
	readonly input: InputFeed;
	readonly context: Context;
	readonly find: (scopes: ReturnType<typeof scopesOf>, key: string) => string | undefined;
	/** Shows what a key changed. */
	readonly repaint: () => void;
};

/** The movements that need nothing but the rows: not how long a page is, and no detail. */
const early: ReadonlySet<string> = new Set(['move.down', 'move.up', 'move.home', 'move.end']);

/** More than anybody types in a second. What a paste throws in on top belongs to no list. */
const mostHeld = 1000;

/**
Keys while there are rows and no Ink yet, which takes a few tenths of a second. Moving the cursor is answered at once; from the first other
key on everything is kept, in its order, and told to the first who subscribes to the answered feed.
*/
export const createEarlyKeys = ({input, context, find, repaint}: EarlyKeysOptions): InputFeed => {
	const held: InputEvent[] = [];
	const {store} = context;

	const commandOf = (event: InputEvent): Command | undefined => {
		const state = store.get();
		if (event.type !== 'key' || held.length > 0 || rowsOf(state, state.view.pane).length === 0) return undefined;
		const id = find(scopesOf(state), event.name);
		return id !== undefined && early.has(id) ? context.commands.find((command) => command.id === id) : undefined;
	};

	const stop = input.subscribe((event) => {
		const command = commandOf(event);
		if (command === undefined) {
			if (held.length < mostHeld) held.push(event);
			return;
		}
		void context.run(command);
		repaint();
	});

	return {
		...input,
		subscribe: (listener) => {
			stop();
			const end = input.subscribe(listener);
			for (const event of held.splice(0)) listener(event);
			return end;
		},
	};
};

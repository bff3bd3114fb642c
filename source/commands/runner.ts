import {isAbort, sentence} from '../errors.ts';
import type {AppStore, Notice, State} from '../store/index.ts';
import type {Command, Context} from './types.ts';

let lastNotice = 0;

export const notify = (store: AppStore, tone: Notice['tone'], text: string): void => {
	lastNotice += 1;
	store.dispatch({type: 'notice-given', notice: {id: lastNotice, tone, text, at: Date.now()}});
};

/** Why a command can't run now: `--readonly` in this one place, then what the command itself says. */
export const refusalOf = (command: Command, state: State): string | undefined => {
	if (command.changes === true && state.readonly) return `${command.title} is refused: gantry runs with --readonly`;
	return command.refusal?.(state);
};

/** The only place where a command's failure is caught. An abort is not one. */
export const runCommand = async (command: Command, context: Context): Promise<void> => {
	const {store, dialogs} = context;
	const refusal = refusalOf(command, store.get());
	if (refusal !== undefined) {
		notify(store, 'bad', refusal);
		return;
	}
	const asked = command.confirmation?.(store.get());
	const confirmation = asked ?? (context.confirmsAll && command.changes === true && command.asks !== true ? {title: `${command.title}?`, lines: [], danger: false} : undefined);
	if (confirmation !== undefined && !(await dialogs.confirm(confirmation))) return;
	try {
		await command.run(context);
	} catch (error) {
		if (!isAbort(error)) notify(store, 'bad', sentence(error));
	}
};

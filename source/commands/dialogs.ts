import type {AppStore, Choice, Overlay} from '../store/index.ts';

export type LineOptions = {
	readonly title: string;
	readonly text?: string;
	readonly note?: string;
	/** Told at every keystroke; Escape then means "as it was before". */
	readonly onChange?: (text: string) => void;
};

/** Asking the user something and waiting for the answer. Undefined means Escape. */
export type Dialogs = {
	confirm(question: {readonly title: string; readonly lines: readonly string[]; readonly danger: boolean}): Promise<boolean>;
	choose(question: {readonly title: string; readonly choices: readonly Choice[]; readonly searchable?: boolean; readonly selected?: string}): Promise<string | undefined>;
	line(question: LineOptions): Promise<string | undefined>;
	/** Something to read; ends when it is closed. */
	show(text: {readonly title: string; readonly lines: readonly string[]}): Promise<void>;
	/** The live list of jobs; `cancel` when the user wants them stopped. */
	watchJobs(): Promise<string | undefined>;
	/** Called by whoever handles the keys of overlays. */
	answer(overlay: Overlay, answer: string | undefined): void;
	changed(overlay: Overlay & {readonly kind: 'line'}): void;
};

/**
Overlays are values in the store, so that a component only draws them; the promise of whoever asked waits here, by the overlay's id.
*/
export const createDialogs = (store: AppStore): Dialogs => {
	const waiting = new Map<number, {readonly resolve: (answer: string | undefined) => void; readonly onChange?: (text: string) => void}>();
	let lastId = 0;
	const ask = async (make: (id: number) => Overlay, onChange?: (text: string) => void): Promise<string | undefined> => {
		lastId += 1;
		const overlay = make(lastId);
		const {promise, resolve} = Promise.withResolvers<string | undefined>();
		waiting.set(overlay.id, {resolve, ...(onChange === undefined ? {} : {onChange})});
		store.dispatch({type: 'overlay-opened', overlay});
		return promise;
	};
	return {
		confirm: async (question) => (await ask((id) => ({kind: 'confirm', id, ...question}))) === 'yes',
		choose: async ({title, choices, searchable = false, selected}) =>
			ask((id) => ({kind: 'choose', id, title, choices, searchable, text: '', index: Math.max(0, choices.findIndex((choice) => choice.id === selected))})),
		line: async ({title, text = '', note = '', onChange}) =>
			ask((id) => ({kind: 'line', id, title, text, cursor: text.length, note, live: onChange !== undefined}), onChange),
		show: async ({title, lines}) => {
			await ask((id) => ({kind: 'text', id, title, lines, offset: 0}));
		},
		watchJobs: async () => ask((id) => ({kind: 'jobs', id})),
		answer(overlay, answer) {
			const asker = waiting.get(overlay.id);
			waiting.delete(overlay.id);
			store.dispatch({type: 'overlay-closed', id: overlay.id});
			asker?.resolve(answer);
		},
		changed(overlay) {
			store.dispatch({type: 'overlay-changed', overlay});
			waiting.get(overlay.id)?.onChange?.(overlay.text);
		},
	};
};

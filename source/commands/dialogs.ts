import {type Form, type FormField, type FormValues, fieldAt, valuesOf} from '../model/form.ts';
import type {AppStore, Choice, DiskOverlay, Overlay} from '../store/index.ts';

export type LineOptions = {
	readonly title: string;
	readonly text?: string;
	readonly note?: string;
	/** Told at every keystroke; Escape then means "as it was before". */
	readonly onChange?: (text: string) => void;
};

export type FormOptions = {
	readonly title: string;
	readonly fields: ReadonlyArray<Omit<FormField, 'cursor'>>;
	/** Asked at every change: what the fields come to. */
	readonly describe: (values: FormValues) => Pick<Form, 'preview' | 'problem'>;
	/** How the field with the cursor could go on, best first. */
	readonly complete?: (id: string, text: string) => readonly string[];
	/** Begins to find out more, for which somebody else has to be asked; when it ends, `describe` and `complete` are asked again. */
	readonly learn?: (id: string, text: string, values: FormValues) => Promise<void> | undefined;
};

/** Asking the user something and waiting for the answer. Undefined means Escape. */
export type Dialogs = {
	confirm(question: {readonly title: string; readonly lines: readonly string[]; readonly danger: boolean}): Promise<boolean>;
	choose(question: {readonly title: string; readonly choices: readonly Choice[]; readonly searchable?: boolean; readonly selected?: string}): Promise<string | undefined>;
	line(question: LineOptions): Promise<string | undefined>;
	form(question: FormOptions): Promise<FormValues | undefined>;
	/** Something to read; ends when it is closed. */
	show(text: {readonly title: string; readonly lines: readonly string[]}): Promise<void>;
	/** The Disk screen; answers the prune that was chosen, or `again`. */
	disk(screen: Pick<DiskOverlay, 'title' | 'kinds' | 'prunes' | 'details'>): Promise<string | undefined>;
	/** The live list of jobs; `cancel` when the user wants all of them stopped, or the place of one among those that run. */
	watchJobs(): Promise<string | undefined>;
	/** Called by whoever handles the keys of overlays. */
	answer(overlay: Overlay, answer: string | undefined): void;
	changed(overlay: Overlay): void;
};

type FormOverlay = Overlay & {readonly kind: 'form'};

type Waiting = {
	/** What the overlay was when it was answered. */
	readonly resolve: (answer: string | undefined, overlay: Overlay) => void;
	/** Answers what is shown instead. */
	readonly onChange?: (overlay: Overlay, before: Overlay | undefined) => Overlay;
};

const formOverlay = (id: number, {title, fields, describe, complete}: FormOptions): Overlay => {
	const typed = fields.map((field) => ({...field, cursor: field.text.length}));
	const [first, second] = typed;
	// A prompt begins with what was typed before; in a form of many lines that would hide the others.
	const candidates = first === undefined || second !== undefined ? [] : (complete?.(first.id, first.text) ?? []);
	return {kind: 'form', id, title, fields: typed, index: 0, candidates, ...describe(valuesOf({fields: typed}))};
};

const isAsTyped = (overlay: FormOverlay, before: Overlay | undefined): boolean =>
	before?.kind === 'form' && before.index === overlay.index && fieldAt(before).text === fieldAt(overlay).text;

const described = (overlay: FormOverlay, {describe, complete}: FormOptions, before: Overlay | undefined): Overlay => {
	const {id, text} = fieldAt(overlay);
	return {...overlay, ...describe(valuesOf(overlay)), candidates: isAsTyped(overlay, before) ? overlay.candidates : (complete?.(id, text) ?? [])};
};

/**
Overlays are values in the store, so that a component only draws them; the promise of whoever asked waits here, by the overlay's id.
*/
export const createDialogs = (store: AppStore): Dialogs => {
	const waiting = new Map<number, Waiting>();
	let lastId = 0;
	const open = (make: (id: number) => Overlay, waits: Waiting) => {
		lastId += 1;
		const overlay = make(lastId);
		waiting.set(overlay.id, waits);
		store.dispatch({type: 'overlay-opened', overlay});
	};
	const ask = async (make: (id: number) => Overlay, onChange?: Waiting['onChange']): Promise<string | undefined> => {
		const {promise, resolve} = Promise.withResolvers<string | undefined>();
		open(make, {resolve, ...(onChange === undefined ? {} : {onChange})});
		return promise;
	};
	return {
		confirm: async (question) => (await ask((id) => ({kind: 'confirm', id, offset: 0, ...question}))) === 'yes',
		choose: async ({title, choices, searchable = false, selected}) =>
			ask((id) => ({kind: 'choose', id, title, choices, searchable, text: '', index: Math.max(0, choices.findIndex((choice) => choice.id === selected))})),
		line: async ({title, text = '', note = '', onChange}) =>
			ask(
				(id) => ({kind: 'line', id, title, text, cursor: text.length, note, live: onChange !== undefined}),
				onChange &&
					((overlay) => {
						if (overlay.kind === 'line') onChange(overlay.text);
						return overlay;
					}),
			),
		form: async (question) => {
			const {promise, resolve} = Promise.withResolvers<FormValues | undefined>();
			const learn = async (overlay: FormOverlay): Promise<void> => {
				const {id, text} = fieldAt(overlay);
				const learning = question.learn?.(id, text, valuesOf(overlay));
				if (learning === undefined) return;
				await learning;
				const now = store.get().view.overlays.find((each) => each.id === overlay.id);
				if (now?.kind !== 'form' || !isAsTyped(now, overlay)) return;
				store.dispatch({type: 'overlay-changed', overlay: {...now, ...question.describe(valuesOf(now)), candidates: question.complete?.(id, text) ?? []}});
			};
			open((id) => formOverlay(id, question), {
				resolve: (answer, overlay) => resolve(answer !== undefined && overlay.kind === 'form' ? valuesOf(overlay) : undefined),
				onChange: (overlay, before) => {
					if (overlay.kind !== 'form') return overlay;
					if (!isAsTyped(overlay, before)) void learn(overlay);
					return described(overlay, question, before);
				},
			});
			return promise;
		},
		show: async ({title, lines}) => {
			await ask((id) => ({kind: 'text', id, title, lines, offset: 0}));
		},
		disk: async (screen) => ask((id) => ({kind: 'disk', id, index: 0, offset: 0, ...screen})),
		watchJobs: async () => ask((id) => ({kind: 'jobs', id})),
		answer(overlay, answer) {
			const asker = waiting.get(overlay.id);
			waiting.delete(overlay.id);
			store.dispatch({type: 'overlay-closed', id: overlay.id});
			asker?.resolve(answer, overlay);
		},
		changed(overlay) {
			const before = store.get().view.overlays.find(({id}) => id === overlay.id);
			store.dispatch({type: 'overlay-changed', overlay: waiting.get(overlay.id)?.onChange?.(overlay, before) ?? overlay});
		},
	};
};

import {editKey, insert, type LineEdit} from './line-edit.ts';

/** One line of a form. */
export type FormField = LineEdit & {
	readonly id: string;
	readonly label: string;
	/** Shown while nothing is typed: an example. */
	readonly hint: string;
	/** When there are only these: left, right and space go through them. */
	readonly choices?: readonly string[];
};

/** Several lines that are typed together, and what they come to while they are. */
export type Form = {
	readonly fields: readonly FormField[];
	/** The field that has the cursor. */
	readonly index: number;
	/** What would be done, as a command line. */
	readonly preview: string;
	/** Why it can't be done as it stands. */
	readonly problem: string | undefined;
	/** How the text of this field could go on, best first. */
	readonly candidates: readonly string[];
};

export type FormValues = Readonly<Record<string, string>>;

export const valuesOf = (form: Pick<Form, 'fields'>): FormValues => Object.fromEntries(form.fields.map(({id, text}) => [id, text]));

export const fieldAt = (form: Pick<Form, 'fields' | 'index'>): FormField => {
	const field = form.fields[form.index];
	if (field === undefined) throw new RangeError(`A form of ${form.fields.length} fields has no field ${form.index}`);
	return field;
};

const withField = (form: Form, field: FormField): Form => ({...form, fields: form.fields.map((each, at) => (at === form.index ? field : each))});

const moved = (form: Form, by: number): Form => ({...form, index: (form.index + by + form.fields.length) % form.fields.length, candidates: []});

const chosen = (field: FormField & {readonly choices: readonly string[]}, by: number): FormField => {
	const next = field.choices.at((Math.max(0, field.choices.indexOf(field.text)) + by) % field.choices.length) ?? field.text;
	return {...field, text: next, cursor: next.length};
};

/** A field with choices takes only the keys that go through them. */
const pressChoices = (form: Form, field: FormField & {readonly choices: readonly string[]}, key: string): Form | undefined => {
	if (key === 'right' || key === 'space' || key === 'l') return withField(form, chosen(field, 1));
	return key === 'left' || key === 'h' ? withField(form, chosen(field, -1)) : undefined;
};

/** Tab completes where there is something to complete, and else goes on to the next field. */
const pressTab = (form: Form): Form => {
	const field = fieldAt(form);
	const [best] = form.candidates;
	if (best === undefined || best === field.text) return moved(form, 1);
	return {...withField(form, {...field, text: best, cursor: best.length}), candidates: []};
};

/** A form of one line is a prompt: there is no other field to go to, so the keys go through how it could go on. */
const turned = (form: Form, by: number): Form => {
	const at = (by + form.candidates.length) % Math.max(1, form.candidates.length);
	return {...form, candidates: [...form.candidates.slice(at), ...form.candidates.slice(0, at)]};
};

const stepped = (form: Form, by: number): Form => (form.fields.length === 1 ? turned(form, by) : moved(form, by));

/** What a key makes of a form; undefined when it makes nothing. Enter and Escape belong to whoever shows it. */
export const pressForm = (form: Form, key: string): Form | undefined => {
	switch (key) {
		case 'tab':
			return pressTab(form);
		case 'down':
		case 'ctrl-n':
			return stepped(form, 1);
		case 'up':
		case 'ctrl-p':
		case 'shift-tab':
			return stepped(form, -1);
	}
	const field = fieldAt(form);
	const {choices} = field;
	if (choices !== undefined) return pressChoices(form, {...field, choices}, key);
	const edited = editKey(field, key);
	return edited === undefined ? undefined : withField(form, {...field, ...edited});
};

export const pasteForm = (form: Form, text: string): Form => {
	const field = fieldAt(form);
	return field.choices === undefined ? withField(form, {...field, ...insert(field, text)}) : form;
};

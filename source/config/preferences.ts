import {Failure} from '../errors.ts';
import {preferencesPath} from './paths.ts';
import {checked, type Rule} from './schema.ts';
import type {Preferences, Surroundings} from './types.ts';

export const defaultPreferences: Preferences = {
	keys: {preset: 'lazy', bindings: {}},
	theme: 'auto',
	ascii: 'auto',
	mouse: true,
	refresh: 1,
	screenReader: false,
	readonly: false,
	confirm: 'danger',
};

const yesOrNo: Rule = {kind: 'choice', allowed: [true, false]};

const file = {
	kind: 'map',
	entries: {
		keys: {
			kind: 'map',
			entries: {
				preset: {kind: 'choice', allowed: ['lazy', 'k9s']},
				bindings: {kind: 'lists', of: 'a key or a list of keys'},
			},
		},
		theme: {kind: 'choice', allowed: ['auto', 'mono']},
		ascii: {kind: 'choice', allowed: ['auto', true, false]},
		mouse: yesOrNo,
		refresh: {kind: 'number', from: 0.5, to: 60, unit: 'seconds'},
		screenReader: yesOrNo,
		readonly: yesOrNo,
		confirm: {kind: 'choice', allowed: ['always', 'danger']},
	},
} as const satisfies Rule;

export type LoadedPreferences = {
	readonly preferences: Preferences;
	/** Where the file is, or would be. */
	readonly path: string;
	readonly problems: readonly string[];
};

/**
`$XDG_CONFIG_HOME/gantry/config.yaml`. No file is fine, and a bad entry is reported while the rest holds. But a file that can't be
parsed is a failure, and a `readonly` that can't be understood is yes: whoever wrote the word did not want changes by accident.
*/
export const loadPreferences = async ({env, home, files}: Pick<Surroundings, 'env' | 'home' | 'files'>): Promise<LoadedPreferences> => {
	const path = preferencesPath({env, home});
	const text = await files.readText(path);
	if (text === undefined || text.trim() === '') return {preferences: defaultPreferences, path, problems: []};

	// Only who has a file pays for the parser.
	const {isMap, LineCounter, parseDocument} = await import('yaml');
	const lines = new LineCounter();
	const document = parseDocument(text, {lineCounter: lines, prettyErrors: false});
	const [wrong] = document.errors;
	if (wrong !== undefined)
		throw new Failure('invalid', `Could not read ${path}:${lines.linePos(wrong.pos[0]).line}: ${wrong.message}`, {cause: wrong, hint: 'correct the line, or move the file away'});

	const problems: string[] = [];
	const said = (checked(file, document.contents, '', {path, document, lines, isMap: node => isMap(node)}, problems) ?? {}) as Partial<Preferences>;
	const wantsReadonly = isMap(document.contents) && document.contents.has('readonly');
	return {
		path,
		problems,
		preferences: {
			...defaultPreferences,
			...said,
			keys: {...defaultPreferences.keys, ...said.keys},
			readonly: said.readonly ?? wantsReadonly,
		},
	};
};

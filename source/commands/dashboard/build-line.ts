import {Failure} from '../../errors.ts';
import type {FormValues} from '../../model/form.ts';
import {joinWords, splitWords} from '../../model/shell-words.ts';

/** The fields of the build form, in the order of the screen. */
export const buildFields = ['context', 'tag', 'file', 'target', 'args', 'more'] as const;

export type BuildField = (typeof buildFields)[number];

export const buildLabels: Readonly<Record<BuildField, string>> = {context: 'Directory', tag: 'Tag', file: 'Dockerfile', target: 'Target', args: 'Build args', more: 'More flags'};

const wordsOf = (values: FormValues, field: BuildField): readonly string[] => {
	const words = splitWords(values[field] ?? '');
	if ('open' in words) throw new Failure('invalid', `${buildLabels[field]}: ${words.open === '\\' ? 'a \\ stands at the end' : `a ${words.open} is not closed`}`);
	return words;
};

const each = (flag: string, words: readonly string[]): readonly string[] => words.flatMap((word) => [flag, word]);

const single = (flag: string, values: FormValues, field: BuildField): readonly string[] => {
	const text = (values[field] ?? '').trim();
	return text === '' ? [] : [flag, text];
};

/** What the fields come to as arguments of `build`; `invalid` for a quote that is not closed. A tilde is the home of `home`, as a shell has it. */
export const buildArguments = (values: FormValues, home: string | undefined): readonly string[] => {
	const context = (values['context'] ?? '').trim();
	const atHome = (path: string) => (home === undefined ? path : path.replace(/^~(?=\/|$)/, home));
	return [
		...each('-t', wordsOf(values, 'tag')),
		...single('-f', values, 'file').map(atHome),
		...single('--target', values, 'target'),
		...each('--build-arg', wordsOf(values, 'args')),
		...wordsOf(values, 'more'),
		...(context === '' ? [] : [atHome(context)]),
	];
};

/** The command line that a user of nerdctl knows, for a screen. */
export const buildPreview = (values: FormValues, home: string | undefined): string => {
	try {
		return `nerdctl build ${joinWords(buildArguments(values, home))}${(values['context'] ?? '').trim() === '' ? ' …' : ''}`;
	} catch {
		return 'nerdctl build …';
	}
};

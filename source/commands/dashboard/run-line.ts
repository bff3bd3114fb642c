import {Failure} from '../../errors.ts';
import type {FormValues} from '../../model/form.ts';
import {joinWords, splitWords} from '../../model/shell-words.ts';

/** The fields of the run form, in the order of the screen. */
export const runFields = ['image', 'name', 'ports', 'env', 'volumes', 'network', 'restart', 'command', 'more'] as const;

export type RunField = (typeof runFields)[number];

const labels: Readonly<Record<RunField, string>> = {
	image: 'Image',
	name: 'Name',
	ports: 'Ports',
	env: 'Env',
	volumes: 'Volumes',
	network: 'Network',
	restart: 'Restart',
	command: 'Command',
	more: 'More flags',
};

export const runLabel = (field: RunField): string => labels[field];

const wordsOf = (values: FormValues, field: RunField): readonly string[] => {
	const words = splitWords(values[field] ?? '');
	if ('open' in words) throw new Failure('invalid', `${labels[field]}: ${words.open === '\\' ? 'a \\ stands at the end' : `a ${words.open} is not closed`}`);
	return words;
};

const each = (flag: string, words: readonly string[]): readonly string[] => words.flatMap((word) => [flag, word]);

/** One word, whatever blanks somebody left around it. */
const single = (values: FormValues, field: RunField): string => (values[field] ?? '').trim();

/**
What the fields come to as arguments of `run`: a form is another way to type a command line, so that whatever the one refuses the other
refuses too. Ports may be parted by commas; env and volumes are quoted as in a shell. `invalid` for a quote that is not closed.
*/
export const runArguments = (values: FormValues): readonly string[] => {
	const name = single(values, 'name');
	const restart = single(values, 'restart');
	const image = single(values, 'image');
	return [
		'-d',
		...(name === '' ? [] : ['--name', name]),
		...each('-p', wordsOf(values, 'ports').flatMap((word) => word.split(',')).filter((word) => word !== '')),
		...each('-e', wordsOf(values, 'env')),
		...each('-v', wordsOf(values, 'volumes')),
		...each('--net', wordsOf(values, 'network')),
		...(restart === '' || restart === 'no' ? [] : ['--restart', restart]),
		...wordsOf(values, 'more'),
		...(image === '' ? [] : [image]),
		...wordsOf(values, 'command'),
	];
};

/** The command line that a user of nerdctl knows, for a screen. */
export const runPreview = (values: FormValues): string => {
	try {
		const words = runArguments(values);
		return `nerdctl run ${joinWords(words)}${single(values, 'image') === '' ? ' …' : ''}`;
	} catch {
		return 'nerdctl run …';
	}
};

import {Failure} from '../../../errors.ts';
import {isObject} from '../manifests.ts';

type Json = Readonly<Record<string, unknown>>;

const refuse = (line: string, why: string): Failure =>
	new Failure('invalid', `The change ${JSON.stringify(line)} can't be made: ${why}`, {
		hint: 'known are CMD, ENTRYPOINT, ENV, EXPOSE, LABEL, STOPSIGNAL, USER, VOLUME and WORKDIR',
	});

/** A JSON list of strings as it stands, anything else as a line for the shell: a Dockerfile's two forms. */
const commandOf = (text: string): readonly string[] => {
	try {
		const list: unknown = JSON.parse(text);
		if (Array.isArray(list) && list.every(word => typeof word === 'string')) return list;
	} catch {
		// It is a line for the shell then.
	}
	return ['/bin/sh', '-c', text];
};

/** Words with their quotes taken off: `a="b c" d='e'`. */
const wordsOf = (text: string): readonly string[] =>
	(text.match(/(?:"(?:\\.|[^"\\])*"|'[^']*'|\\.|[^\s"'\\])+/g) ?? []).map(word =>
		word.replace(
			/"((?:\\.|[^"\\])*)"|'([^']*)'|\\(.)/g,
			(_, double?: string, single?: string, escaped?: string) => double?.replace(/\\(["\\$])/g, '$1') ?? single ?? escaped ?? '',
		),
	);

/** `A=1 B=2`, or docker's old `A 1`. */
const pairsOf = (line: string, text: string): ReadonlyArray<readonly [string, string]> => {
	const words = wordsOf(text);
	if (words[0]?.includes('=') !== true) {
		const [, key, value] = /^(\S+)\s+(.+)$/.exec(text) ?? [];
		if (key === undefined || value === undefined) throw refuse(line, 'a name and a value are needed');
		return [[key, value]];
	}
	return words.map(word => {
		const at = word.indexOf('=');
		if (at < 1) throw refuse(line, `${JSON.stringify(word)} is no NAME=VALUE`);
		return [word.slice(0, at), word.slice(at + 1)];
	});
};

const listOrWords = (text: string): readonly string[] => (text.startsWith('[') ? commandOf(text) : wordsOf(text));
const keys = (existing: unknown, added: readonly string[]): Json => ({
	...(isObject(existing) ? existing : {}),
	...Object.fromEntries(added.map(key => [key, {}])),
});

const withEnvironment = (existing: unknown, pairs: ReadonlyArray<readonly [string, string]>): readonly string[] => {
	const names = new Set(pairs.map(([name]) => name));
	const kept = (Array.isArray(existing) ? existing.map(String) : []).filter(
		entry => !names.has(entry.slice(0, Math.max(0, entry.indexOf('=')))),
	);
	return [...kept, ...pairs.map(([name, value]) => `${name}=${value}`)];
};

/** Lines of a Dockerfile applied to the `config` of an image's config. */
export const applyChanges = (config: Json, lines: readonly string[]): Json => {
	let result = config;
	for (const line of lines) {
		const [, word = '', text = ''] = /^\s*(\w+)\s+(.*\S)\s*$/s.exec(line) ?? [];
		switch (word.toUpperCase()) {
			case 'CMD':
				result = {...result, Cmd: commandOf(text)};
				break;
			case 'ENTRYPOINT':
				result = {...result, Entrypoint: commandOf(text)};
				break;
			case 'ENV':
				result = {...result, Env: withEnvironment(result['Env'], pairsOf(line, text))};
				break;
			case 'LABEL':
				result = {...result, Labels: {...(isObject(result['Labels']) ? result['Labels'] : {}), ...Object.fromEntries(pairsOf(line, text))}};
				break;
			case 'EXPOSE':
				result = {
					...result,
					ExposedPorts: keys(
						result['ExposedPorts'],
						wordsOf(text).map(port => (port.includes('/') ? port : `${port}/tcp`)),
					),
				};
				break;
			case 'VOLUME':
				result = {...result, Volumes: keys(result['Volumes'], listOrWords(text))};
				break;
			case 'USER':
				result = {...result, User: text};
				break;
			case 'WORKDIR':
				result = {...result, WorkingDir: text};
				break;
			case 'STOPSIGNAL':
				result = {...result, StopSignal: text};
				break;
			default:
				throw refuse(line, word === '' ? 'a word and a value are needed' : `${word} is unknown`);
		}
	}
	return result;
};

import type {FlagTable} from '../flag-types.ts';

/** Those of `compose` itself, which stand before its sub-command; what they are called short there means something else behind it. */
export const composeFlags = {
	file: {type: 'string', isMultiple: true, placeholder: 'FILE', help: 'Compose file; may be given again, and - is stdin ($COMPOSE_FILE)'},
	projectName: {type: 'string', placeholder: 'NAME', help: 'Project name ($COMPOSE_PROJECT_NAME)'},
	projectDirectory: {type: 'string', placeholder: 'DIR', help: 'Where relative paths begin (default: beside the first file)'},
	profile: {type: 'string', isMultiple: true, placeholder: 'NAME', help: 'Profile to activate; * means all ($COMPOSE_PROFILES)'},
	envFile: {type: 'string', isMultiple: true, placeholder: 'FILE', help: 'Environment file in place of .env ($COMPOSE_ENV_FILES)'},
} as const satisfies FlagTable;

const spelled: Readonly<Record<string, string>> = {'-f': '--file', '-p': '--project-name'};

const long = new Set(['--file', '--project-name', '--project-directory', '--profile', '--env-file', '--ansi', '--parallel', '--progress']);

/** Those without a value. `--dry-run` goes to the verb, which has it or does not know it. */
const bare = new Set(['--dry-run', '--all-resources', '--compatibility', '--verbose']);

/** What docker compose takes there and we do not, with the reason. */
export const refusedComposeFlags: Readonly<Record<string, string>> = {
	ansi: 'colours go by the terminal and $NO_COLOR',
	parallel: 'what does not wait for each other runs side by side',
	progress: 'what is done is told line by line on stderr',
	'all-resources': 'networks and volumes that no service uses are not made',
	compatibility: 'names are joined by hyphens',
	verbose: 'failures are told whole already',
};

type Given = {readonly name: string; /** Undefined: it is the next word. */ readonly value: string | undefined};

/** `-fX`, `-f=X`, `--file=X`, `-f X`; undefined for a word that is none of these flags. */
const given = (word: string): Given | undefined => {
	const short = word.startsWith('--') ? undefined : spelled[word.slice(0, 2)];
	if (short !== undefined) return {name: short, value: word.length === 2 ? undefined : word.slice(2).replace(/^=/, '')};
	const [, name = '', value] = /^(--[^=]*)(?:=([\s\S]*))?$/.exec(word) ?? [];
	return long.has(name) ? {name, value} : undefined;
};

/** The words after `compose`: its own flags, spelled out, and the sub-command with what follows. */
export const composeWords = (words: readonly string[]): {readonly flags: readonly string[]; readonly rest: readonly string[]} => {
	const flags: string[] = [];
	for (let at = 0; at < words.length; at += 1) {
		const word = words[at] ?? '';
		if (bare.has(word)) {
			flags.push(word);
			continue;
		}
		const flag = given(word);
		if (flag === undefined) return {flags, rest: words.slice(at)};
		if (flag.value === undefined) at += 1;
		const value = flag.value ?? words[at];
		flags.push(value === undefined ? flag.name : `${flag.name}=${value}`);
	}
	return {flags, rest: []};
};

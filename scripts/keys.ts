/**
Write README's key table from the command records: `node scripts/keys.ts`.
With `--check` nothing is written; it fails when what is committed is not what would be written.
*/
import {readFileSync, writeFileSync} from 'node:fs';
import {fileURLToPath} from 'node:url';
import {type CommandScope, commands} from '../source/commands/index.ts';
import {keyLabel, resolveKeymap} from '../source/commands/keymap/index.ts';

const readme = fileURLToPath(new URL('../README.md', import.meta.url));
const begin = '<!-- keys: written by `npm run generate` from source/commands, do not edit -->';
const end = '<!-- end of keys -->';

/** In the order in which a reader meets them. Keyed by scope, so that a new one is missed by the compiler and not by the reader. */
const headings: Readonly<Record<CommandScope, string>> = {
	global: 'Everywhere',
	list: 'In every list',
	containers: 'On containers, groups of them and the stats screen',
	images: 'On images',
	projects: 'On compose projects and their services',
	snapshotters: 'On snapshotters',
	snapshots: 'On snapshots',
	networks: 'On networks',
	volumes: 'On volumes',
	builds: 'On builds',
	steps: 'In the steps and the log of a build',
	stats: 'On the stats screen',
	detail: 'In every detail',
	logs: 'In a log',
	inspect: 'In a JSON document',
	files: 'In the files of an image',
};

const lazy = resolveKeymap({commands});
const k9s = resolveKeymap({commands, preset: 'k9s'});

/** Two backticks where a key is one itself; a bar would end the table's cell. */
const code = (text: string): string => (text.includes('`') ? `\`\` ${text} \`\`` : `\`${text.replaceAll('|', String.raw`\|`)}\``);

const shown = (keys: readonly string[]): string => keys.map(key => code(keyLabel(key))).join(' ');

const tableOf = (scope: CommandScope): readonly string[] => {
	const rows = commands.filter(command => command.scope === scope && (lazy.keysOf(command.id).length > 0 || k9s.keysOf(command.id).length > 0));
	if (rows.length === 0) return [];
	return [
		`| ${headings[scope]} | Key | With \`k9s\` | Name in config.yaml |`,
		'|---|---|---|---|',
		...rows.map(({id, title}) => {
			const [ours, theirs] = [shown(lazy.keysOf(id)), shown(k9s.keysOf(id))];
			return `| ${title.replaceAll('|', String.raw`\|`)} | ${ours} | ${theirs === ours ? '' : theirs} | ${code(id)} |`;
		}),
		'',
	];
};

const keyless = (): readonly string[] => {
	const names = commands.filter(({id}) => lazy.keysOf(id).length === 0 && k9s.keysOf(id).length === 0).map(({id, title}) => `${title} (${code(id)})`);
	return names.length === 0 ? [] : [`Without a key, in the palette and the action menu: ${names.join(', ')}.`, ''];
};

const generated = (): string => [begin, '', ...(Object.keys(headings) as CommandScope[]).flatMap(tableOf), ...keyless(), end].join('\n');

const main = (checkOnly: boolean): number => {
	const text = readFileSync(readme, 'utf8');
	const [from, to] = [text.indexOf(begin), text.indexOf(end)];
	if (from < 0 || to < from) {
		console.error(`README.md has no place for the key table: it belongs between ${begin} and ${end}`);
		return 1;
	}
	const fresh = text.slice(0, from) + generated() + text.slice(to + end.length);
	if (fresh === text) return 0;
	if (checkOnly) {
		console.error('The key table in README.md is not what the commands say: run npm run generate');
		return 1;
	}
	writeFileSync(readme, fresh);
	return 0;
};

process.exitCode = main(process.argv.includes('--check'));

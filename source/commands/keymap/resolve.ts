import type {Command, CommandScope} from '../types.ts';
import {keyLabel, parseKeyName} from './key-name.ts';
import {type Preset, presets} from './presets.ts';
import {scopeChain} from './scopes.ts';

type Bound = Pick<Command, 'id' | 'title' | 'scope' | 'keys'>;

export type Keymap = {
	/** Scope → key → command id. */
	readonly scopes: ReadonlyMap<CommandScope, ReadonlyMap<string, string>>;
	/** The command of a key where the focus is: the first of the scopes that has it. */
	find(scopes: readonly CommandScope[], key: string): string | undefined;
	/** The keys that really reach a command, the shown one first. */
	keysOf(id: string): readonly string[];
	/** What is wrong with the user's bindings, a sentence each. */
	readonly problems: readonly string[];
};

export type KeymapOptions = {
	readonly commands: readonly Bound[];
	readonly preset?: Preset;
	/** Command id → keys, from config.yaml. An empty list takes a command's keys away. */
	readonly bindings?: Readonly<Record<string, readonly string[]>>;
};

/** The way out must not depend on a file being right. */
const fixed: Readonly<Record<string, string>> = {'ctrl-c': 'app.exit'};

type Wish = {readonly command: Bound; readonly key: string; readonly own: boolean};

const describe = ({id, title}: Bound): string => `${id} (${title})`;

/** What each command wants. A key that is none, and a command that isn't there, are said and left out. */
const wishesOf = ({commands, preset = 'lazy', bindings = {}}: KeymapOptions, problems: string[]): readonly Wish[] => {
	const ids = new Set(commands.map(command => command.id));
	for (const id of Object.keys(bindings)) if (!ids.has(id)) problems.push(`keys.bindings names ${id}, which is not a command`);
	return commands.flatMap(command => {
		const own = Object.hasOwn(bindings, command.id);
		const written = (own ? bindings[command.id] : Object.hasOwn(presets[preset], command.id) ? presets[preset][command.id] : command.keys) ?? [];
		const keys = written.flatMap(text => {
			const key = parseKeyName(text);
			if (key === undefined) problems.push(`${JSON.stringify(text)} is not a key, so ${describe(command)} does not get it`);
			else if (own && fixed[key] !== undefined && fixed[key] !== command.id) problems.push(`${key} always quits, so ${describe(command)} does not get it`);
			else return [key];
			return [];
		});
		for (const [key, id] of Object.entries(fixed)) if (id === command.id && !keys.includes(key)) keys.push(key);
		return [...new Set(keys)].map(key => ({command, key, own}));
	});
};

/**
From command records, a preset and the user's bindings to one key → one command per scope.

In one scope a key has one meaning: the user's wish wins over a default, else the first command in order, and the loser is named. That an
inner scope has a key of an outer one is how the records are made and no news, unless the outer one is the user's wish: then it would seem dead.
*/
export const resolveKeymap = (options: KeymapOptions): Keymap => {
	const problems: string[] = [];
	const wishes = wishesOf(options, problems);
	const winners = new Map<CommandScope, Map<string, Wish>>();
	for (const wish of [...wishes.filter(({own}) => own), ...wishes.filter(({own}) => !own)]) {
		const {scope} = wish.command;
		const taken = winners.get(scope) ?? new Map<string, Wish>();
		winners.set(scope, taken);
		const before = taken.get(wish.key);
		if (before === undefined) taken.set(wish.key, wish);
		else problems.push(`${keyLabel(wish.key, {ascii: true})} is wanted by ${describe(before.command)} and by ${describe(wish.command)}; it is the first's`);
	}
	for (const [scope, keys] of winners)
		for (const {key, own, command} of keys.values())
			for (const outer of scopeChain(scope).slice(1)) {
				const hidden = winners.get(outer)?.get(key);
				if (hidden?.own === true && !own) problems.push(`${keyLabel(key, {ascii: true})} is bound to ${describe(hidden.command)}, but in ${scope} it is ${describe(command)}`);
			}

	const scopes = new Map([...winners].map(([scope, keys]) => [scope, new Map([...keys].map(([key, {command}]) => [key, command.id]))] as const));
	const reached = new Map<string, string[]>();
	for (const {command, key} of wishes) if (scopes.get(command.scope)?.get(key) === command.id) reached.set(command.id, [...(reached.get(command.id) ?? []), key]);
	return {
		scopes,
		find(around, key) {
			for (const scope of around) {
				const id = scopes.get(scope)?.get(key);
				if (id !== undefined) return id;
			}
			return undefined;
		},
		keysOf: id => reached.get(id) ?? [],
		problems,
	};
};

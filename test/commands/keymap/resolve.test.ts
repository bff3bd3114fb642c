import {describe, expect, test} from 'vitest';
import {resolveKeymap, scopeChain} from '../../../source/commands/keymap/index.ts';
import {presets} from '../../../source/commands/keymap/presets.ts';
import type {CommandScope} from '../../../source/commands/types.ts';

const command = (id: string, scope: CommandScope, ...keys: readonly string[]) => ({id, title: `Title of ${id}`, scope, keys});

const commands = [
	command('app.exit', 'global', 'ctrl-c'),
	command('app.refresh', 'global', 'ctrl-r'),
	command('list.filter', 'list', '/'),
	command('containers.toggle', 'containers', 's'),
	command('containers.restart', 'containers', 'r'),
	command('containers.exec', 'containers', 'e', 'Enter'),
	command('containers.prune', 'containers'),
	command('logs.search', 'logs', '/'),
];

const inContainers = scopeChain('containers');

test('scopes go from the inside out', () => {
	expect(inContainers).toEqual(['containers', 'list', 'global']);
	expect(scopeChain('inspect')).toEqual(['inspect', 'detail', 'global']);
	expect(scopeChain('global')).toEqual(['global']);
});

test('the records themselves are the default', () => {
	const keymap = resolveKeymap({commands});
	expect(keymap.problems).toEqual([]);
	expect(['s', 'enter', '/', 'ctrl-r', 'z'].map(key => keymap.find(inContainers, key))).toEqual(['containers.toggle', 'containers.exec', 'list.filter', 'app.refresh', undefined]);
	expect(keymap.find(scopeChain('logs'), '/')).toBe('logs.search');
	expect(keymap.find(scopeChain('images'), 's')).toBeUndefined();
	expect(keymap.keysOf('containers.exec')).toEqual(['e', 'enter']);
	expect(keymap.keysOf('containers.prune')).toEqual([]);
	expect(keymap.keysOf('nobody')).toEqual([]);
});

test('k9s changes its letters and nothing else', () => {
	const keymap = resolveKeymap({commands, preset: 'k9s'});
	expect(keymap.problems).toEqual([]);
	expect([keymap.find(inContainers, 's'), keymap.find(inContainers, 'S'), keymap.find(inContainers, 'e'), keymap.find(inContainers, 'r')]).toEqual(['containers.exec', 'containers.toggle', undefined, 'containers.restart']);
});

test('no preset puts anything on a scroll key', () => {
	const scroll = new Set(['j', 'k', 'g', 'G', 'ctrl-d', 'ctrl-u', 'ctrl-f', 'ctrl-b', 'up', 'down', 'pageup', 'pagedown', 'home', 'end']);
	for (const keys of Object.values(presets)) for (const bound of Object.values(keys)) expect(bound.filter(key => scroll.has(key))).toEqual([]);
});

describe('bindings', () => {
	test('replace the keys of a command, in any spelling', () => {
		const keymap = resolveKeymap({commands, bindings: {'containers.prune': ['Ctrl+P', 'F8'], 'containers.restart': []}});
		expect(keymap.problems).toEqual([]);
		expect(keymap.keysOf('containers.prune')).toEqual(['ctrl-p', 'f8']);
		expect(keymap.keysOf('containers.restart')).toEqual([]);
		expect(keymap.find(inContainers, 'r')).toBeUndefined();
	});

	test('win over a preset', () => {
		expect(resolveKeymap({commands, preset: 'k9s', bindings: {'containers.exec': ['e']}}).keysOf('containers.exec')).toEqual(['e']);
	});

	test('two commands that swap keys do not clash', () => {
		const keymap = resolveKeymap({commands, bindings: {'containers.toggle': ['r'], 'containers.restart': ['s']}});
		expect([keymap.problems, keymap.find(inContainers, 'r'), keymap.find(inContainers, 's')]).toEqual([[], 'containers.toggle', 'containers.restart']);
	});

	test.each([
		['a default loses to a wish', {'containers.restart': ['s']}, 's is wanted by containers.restart (Title of containers.restart) and by containers.toggle (Title of containers.toggle); it is the first\'s', 's', 'containers.restart'],
		['the first of two wishes', {'containers.prune': ['f2'], 'containers.toggle': ['f2']}, 'f2 is wanted by containers.toggle (Title of containers.toggle) and by containers.prune (Title of containers.prune); it is the first\'s', 'f2', 'containers.toggle'],
		['a wish that an inner scope hides', {'app.refresh': ['r']}, 'r is bound to app.refresh (Title of app.refresh), but in containers it is containers.restart (Title of containers.restart)', 'r', 'containers.restart'],
		['no key', {'containers.toggle': ['sss']}, '"sss" is not a key, so containers.toggle (Title of containers.toggle) does not get it', 'sss', undefined],
		['no command', {'containers.explode': ['b']}, 'keys.bindings names containers.explode, which is not a command', 'b', undefined],
		['the way out', {'containers.toggle': ['ctrl-c']}, 'ctrl-c always quits, so containers.toggle (Title of containers.toggle) does not get it', 'ctrl-c', 'app.exit'],
	])('%s is reported', (_, bindings, problem, key, winner) => {
		const keymap = resolveKeymap({commands, bindings: bindings as Record<string, string[]>});
		expect(keymap.problems).toEqual([problem]);
		expect(keymap.find(inContainers, key)).toBe(winner);
	});

	test('a loser does not show the key it lost', () => {
		expect(resolveKeymap({commands, bindings: {'containers.restart': ['s', 'f5']}}).keysOf('containers.toggle')).toEqual([]);
	});

	test('an inner wish over an outer default is what was asked for', () => {
		const keymap = resolveKeymap({commands, bindings: {'containers.toggle': ['/']}});
		expect([keymap.problems, keymap.find(inContainers, '/')]).toEqual([[], 'containers.toggle']);
	});

	test('ctrl-c quits even when it was taken away', () => {
		expect(resolveKeymap({commands, bindings: {'app.exit': ['Q']}}).keysOf('app.exit')).toEqual(['Q', 'ctrl-c']);
		expect(resolveKeymap({commands, bindings: {'app.exit': []}}).keysOf('app.exit')).toEqual(['ctrl-c']);
	});
});

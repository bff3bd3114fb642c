import {describe, expect, test} from 'vitest';
import {belowRule, type WatchRule, watchRules, workOf} from '../../../source/model/compose/watch-rules.ts';
import type {Project} from '../../../source/model/compose/project.ts';
import {loadFiles} from '../../services/compose/project-files.ts';

const projectOf = async (watch: string, build = ', build: .'): Promise<Project> =>
	(await loadFiles({'compose.yaml': `services: {web: {image: w${build}, develop: {watch: ${watch}}}, other: {image: o}}`}, {projectName: 'p'})).project;

const rulesOf = async (watch: string, {build, dockerignore = []}: {readonly build?: string; readonly dockerignore?: readonly string[]} = {}): Promise<{readonly rules: readonly WatchRule[]; readonly root: string}> => {
	const project = await projectOf(watch, build);
	const root = project.workingDirectory;
	return {root, rules: watchRules(project, {services: [], dockerignore: dockerignore.length === 0 ? {} : {[root]: dockerignore}})};
};

test.each([
	['src/a.js', 'a.js'],
	['src/deep/b.css', 'deep/b.css'],
	['src', ''],
	['elsewhere/a.js', undefined],
	['srcs/a.js', undefined],
	['src/node_modules/x.js', undefined],
	['src/deep/note.md', undefined],
	['src/.git/HEAD', undefined],
	['src/.a.js.swp', undefined],
	['src/a.js~', undefined],
	['src/dist/x.js', undefined],
])('%s is %s to a rule for src', async (path, below) => {
	const {rules, root} = await rulesOf('[{path: ./src, action: sync, target: /app, ignore: [node_modules/, "**/*.md"]}]', {dockerignore: ['src/dist']});
	expect(belowRule(rules[0]!, `${root}/${path}`)).toBe(below);
});

test('only what is included counts, when something is', async () => {
	const {rules, root} = await rulesOf('[{path: ./src, action: sync, target: /app, include: "**/*.js"}]');
	expect(belowRule(rules[0]!, `${root}/src/deep/a.js`)).toBe('deep/a.js');
	expect(belowRule(rules[0]!, `${root}/src/a.css`)).toBeUndefined();
});

describe('what changes mean', () => {
	const watch = '[{path: ./src, action: sync, target: /app/src}, {path: ./conf, action: sync+restart, target: /etc/conf}, {path: ./package.json, action: rebuild}, {path: ./hooked, action: sync+exec, target: /h, exec: {command: [reload, now], user: me}}]';
	const work = async (changes: Readonly<Record<string, boolean>>) => {
		const {rules, root} = await rulesOf(watch);
		return workOf(
			rules,
			Object.entries(changes).map(([path, isThere]) => ({path: `${root}/${path}`, isThere})),
		).map(({copies, ...rest}) => ({...rest, copies: copies.map(({from, to}) => `${from.slice(root.length + 1)} ${to}`)}));
	};
	const nothing = {service: 'web', rebuild: false, copies: [], removals: [], restart: false, execs: []};

	test.each([
		[{'elsewhere': true}, []],
		[{'src/a': true, 'src/gone': false}, [{...nothing, copies: ['src/a /app/src/a'], removals: ['/app/src/gone']}]],
		[{'conf': true}, [{...nothing, copies: ['conf /etc/conf'], restart: true}]],
		[{'src/a': true, 'package.json': true}, [{...nothing, rebuild: true}]],
		[{'hooked/x': true, 'hooked/y': true}, [{...nothing, copies: ['hooked/x /h/x', 'hooked/y /h/y'], execs: [{args: ['reload', 'now'], user: 'me', privileged: false, env: []}]}]],
	])('%j', async (changes, expected) => {
		expect(await work(changes as Readonly<Record<string, boolean>>)).toEqual(expected);
	});
});

test.each([
	['[{path: ., action: sync, target: app}]', undefined, 'services.web.develop.watch[0].target is "app"'],
	['[{path: ., action: sync+exec, target: /a}]', undefined, 'services.web.develop.watch[0].exec is missing'],
	['[{path: ., action: rebuild}]', '', 'services.web.develop.watch[0].action is rebuild, and web has no build section'],
])('%s is refused', async (watch, build, message) => {
	await expect(rulesOf(watch, build === undefined ? {} : {build})).rejects.toThrow(message);
});

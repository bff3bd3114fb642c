import {chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {describe, expect, onTestFinished, test} from 'vitest';
import {defaultPreferences, loadPreferences, nodeFiles} from '../../source/config/index.ts';
import {fakeFiles} from './fake-files.ts';

const path = '/home/ann/.config/gantry/config.yaml';
const load = (text?: string) => loadPreferences({env: {}, home: '/home/ann', files: fakeFiles(text === undefined ? {} : {[path]: text})});

test.each([undefined, '', '\n# only a comment\n', 'theme:\nkeys:\n'])('%j leaves everything as it is', async text => {
	expect(await load(text)).toEqual({preferences: defaultPreferences, path, problems: []});
});

test('takes everything', async () => {
	const {preferences, problems} = await load(`
keys:
  preset: k9s
  bindings:
    containers.stop: [ctrl-t, f5]
    panes.first: 1
    containers.kill: []
    app.quit:
theme: mono
ascii: true
mouse: false
refresh: 2.5
screenReader: true
readonly: true
confirm: danger
`);
	expect(problems).toEqual([]);
	expect(preferences).toEqual({
		keys: {preset: 'k9s', bindings: {'containers.stop': ['ctrl-t', 'f5'], 'panes.first': ['1'], 'containers.kill': [], 'app.quit': []}},
		theme: 'mono',
		ascii: true,
		mouse: false,
		refresh: 2.5,
		screenReader: true,
		readonly: true,
		confirm: 'danger',
	});
});

test.each([
	['theme: dark', `${path}:1: theme is "dark"; allowed is auto or mono`],
	['mouse: yes', `${path}:1: mouse is "yes"; allowed is true or false`],
	['\n\nrefresh: 0', `${path}:3: refresh is 0; allowed is a number of seconds from 0.5 to 60`],
	['refresh: fast', `${path}:1: refresh is "fast"; allowed is a number of seconds from 0.5 to 60`],
	['mouse: false\nthemes: mono', `${path}:2: themes is not a key; allowed is keys, theme, ascii, mouse, refresh, screenReader, readonly or confirm`],
	['toString: 1', `${path}:1: toString is not a key; allowed is keys, theme, ascii, mouse, refresh, screenReader, readonly or confirm`],
	['keys:\n  preset: vim', `${path}:2: keys.preset is "vim"; allowed is lazy or k9s`],
	['keys:\n  bind: {}', `${path}:2: keys.bind is not a key; allowed is preset or bindings`],
	['keys: lazy', `${path}:1: keys is "lazy"; allowed is a map with preset or bindings`],
	['keys:\n  bindings: [a]', `${path}:2: keys.bindings is ["a"]; allowed is a map from names to a key or a list of keys`],
	['keys:\n  bindings:\n    containers.stop: {a: 1}', `${path}:3: keys.bindings.containers.stop is {"a":1}; allowed is a key or a list of keys`],
	['- a\n- b', `${path}:1: the file is ["a","b"]; allowed is a map with keys, theme, ascii, mouse, refresh, screenReader, readonly or confirm`],
])('%j is reported', async (text, problem) => {
	expect((await load(text)).problems).toEqual([problem]);
});

test('one bad entry leaves the good ones', async () => {
	const {preferences, problems} = await load('mouse: 3\ntheme: mono\nkeys:\n  preset: k9s\n  x: 1');
	expect(problems).toHaveLength(2);
	expect(preferences).toMatchObject({mouse: true, theme: 'mono', keys: {preset: 'k9s', bindings: {}}});
});

test.each([
	['readonly: yes', true],
	['readonly: 1', true],
	['readonly: false', false],
	['mouse: true', false],
])('%j means readonly %j: what is not understood is the careful way', async (text, readonly) => {
	expect((await load(text)).preferences.readonly).toBe(readonly);
});

test.each(['theme: [', 'a: 1\na: 2', 'mouse: "x'])('%j can not be parsed', async text => {
	await expect(load(text)).rejects.toMatchObject({code: 'invalid', message: expect.stringMatching(/^Could not read .*config\.yaml:\d: /), hint: expect.any(String)});
});

test('an alias bomb is refused, not built', async () => {
	const lines = ['a0: &a0 [x, x, x, x, x, x, x, x, x, x]', ...Array.from({length: 9}, (_, index) => `a${index + 1}: &a${index + 1} [${`*a${index}, `.repeat(10)}]`)];
	const outcome = await load(`${lines.join('\n')}\ntheme: mono\nmouse: *a9`).then(
		loaded => loaded.problems.length,
		() => 'refused',
	);
	expect(outcome === 'refused' || Number(outcome) > 0).toBe(true);
});

describe('real files', () => {
	const directory = () => {
		const made = mkdtempSync(join(tmpdir(), 'gantry-config-'));
		onTestFinished(() => rmSync(made, {recursive: true}));
		return made;
	};

	test('reads, and says undefined where there is nothing', async () => {
		const root = directory();
		mkdirSync(join(root, 'gantry'));
		writeFileSync(join(root, 'gantry/config.yaml'), 'theme: mono');
		const loaded = await loadPreferences({env: {XDG_CONFIG_HOME: root}, home: '/nowhere', files: nodeFiles});
		expect(loaded.preferences.theme).toBe('mono');
		expect(await nodeFiles.readText(join(root, 'absent'))).toBeUndefined();
		expect(await nodeFiles.readText(join(root, 'gantry/config.yaml/below'))).toBeUndefined();
		expect([await nodeFiles.exists(root), await nodeFiles.exists(join(root, 'absent'))]).toEqual([true, false]);
	});

	test('refuses what is no file, too large, or not ours', async () => {
		const root = directory();
		await expect(nodeFiles.readText(root)).rejects.toMatchObject({code: 'invalid', message: `Could not read ${root}: it is not a file`});
		writeFileSync(join(root, 'large'), 'x'.repeat(1_048_577));
		await expect(nodeFiles.readText(join(root, 'large'))).rejects.toMatchObject({code: 'invalid'});
		writeFileSync(join(root, 'secret'), 'x');
		chmodSync(join(root, 'secret'), 0);
		if (process.getuid?.() !== 0) await expect(nodeFiles.readText(join(root, 'secret'))).rejects.toMatchObject({code: 'denied'});
	});
});

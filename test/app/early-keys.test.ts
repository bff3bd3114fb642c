import {describe, expect, test} from 'vitest';
import {createTheme} from '../../components/kit/theme.ts';
import {createInputFeed, type InputEvent} from '../../source/commands/keymap/index.ts';
import {defaultPreferences, resolveSettings} from '../../source/config/index.ts';
import {selectedRow} from '../../source/store/rows/index.ts';
import {createDashboard} from '../../source/wiring/dashboard.ts';
import {createEarlyKeys} from '../../source/wiring/early-keys.ts';
import {firstLook} from '../../source/wiring/first-look.ts';
import {firstScreen} from '../../source/wiring/first-screen.ts';
import {fakeFiles} from '../config/fake-files.ts';
import {fakeDaemon} from './harness.tsx';

/** The dashboard before Ink: what it saw at a glance, a keyboard, and what it paints. */
const openEarly = async (containers: number) => {
	const daemon = await fakeDaemon();
	for (let index = 1; index <= containers; index += 1) daemon.addContainer({id: String(index).padStart(64, '0'), labels: {'nerdctl/name': `web-${index}`}});
	const settings = await resolveSettings({flags: {address: daemon.address, namespace: 'default'}, env: {}, home: '/nowhere', uid: 0, files: fakeFiles({})});
	const flags = {readonly: false, once: false, json: false, ascii: false, screenReader: false, allNamespaces: false};
	const dashboard = createDashboard({flags, settings, loaded: {preferences: defaultPreferences, path: '', problems: []}, environment: {}}, () => undefined as never, () => undefined);
	let type: (bytes: Uint8Array) => void = () => undefined;
	const input = createInputFeed((listener) => {
		type = listener;
		return () => undefined;
	});
	const painted: string[] = [];
	const paint = () => painted.push(firstScreen(dashboard.store.get(), {columns: 120, rows: 40, theme: createTheme({colour: true, ascii: false}), hints: []}).join('\n'));
	const keys = createEarlyKeys({input, context: dashboard.context, find: dashboard.keymap.find, repaint: paint});
	const look = await firstLook(settings, false);
	if (look !== undefined) dashboard.begin(look);
	return {
		dashboard,
		keys,
		painted,
		type: (text: string) => type(Buffer.from(text)),
		selected: () => selectedRow(dashboard.store.get(), 'containers')?.key,
	};
};

const names = (events: readonly InputEvent[]) => events.map((event) => (event.type === 'key' ? event.name : event.type));

describe('keys before Ink is loaded', () => {
	test('the cursor moves at once, and is seen to', async () => {
		const {type, painted, selected} = await openEarly(3);
		type('j');
		expect(selected()).toMatch(/02$/);
		expect(painted).toHaveLength(1);
		expect(painted[0]).toMatch(/\u001B\[7m[^\u001B]*web-2/);
		type('k');
		expect(selected()).toMatch(/01$/);
	});

	test('a list that is longer than its pane follows the cursor', async () => {
		const {type, painted} = await openEarly(100);
		type('G');
		expect(painted[0]).toMatch(/\u001B\[7m[^\u001B]*web-100/);
		type('g');
		expect(painted[1]).toMatch(/\u001B\[7m[^\u001B]*web-1 /);
	});

	test('all from the first other key on waits, in its order, for who listens next', async () => {
		const {type, keys, painted, selected} = await openEarly(3);
		const heard: InputEvent[] = [];
		type('j/jk');
		expect(selected()).toMatch(/02$/);
		expect(painted).toHaveLength(1);
		const end = keys.subscribe((event) => heard.push(event));
		expect(names(heard)).toEqual(['/', 'j', 'k']);
		type('x');
		expect(names(heard)).toEqual(['/', 'j', 'k', 'x']);
		expect(painted).toHaveLength(1);
		end();
		type('y');
		expect(heard).toHaveLength(4);
	});

	test('without rows nothing is answered and nothing is lost', async () => {
		const {type, keys, painted} = await openEarly(0);
		const heard: InputEvent[] = [];
		type('jG');
		expect(painted).toEqual([]);
		keys.subscribe((event) => heard.push(event));
		expect(names(heard)).toEqual(['j', 'G']);
	});
});

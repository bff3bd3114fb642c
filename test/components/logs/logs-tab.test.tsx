import {mkdirSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {render} from 'ink-testing-library';
import {expect, onTestFinished, test} from 'vitest';
import {LogsTab} from '../../../components/logs/logs-tab.tsx';
import {AppContext, type AppHandles} from '../../../hooks/app-context.ts';
import type {Container} from '../../../source/model/container.ts';
import {cellWidth} from '../../../source/model/cells.ts';
import {stripSgr} from '../../../source/model/sanitize.ts';
import {createLogFolder, jsonLine, jsonLines, type LogFolder} from '../../services/logs/log-files.ts';

const containerOf = (id: string, name: string): Container => ({
	namespace: 'default',
	id,
	image: '',
	labels: {'nerdctl/name': name},
	runtime: '',
	snapshotter: '',
	snapshotKey: '',
	sandboxId: '',
	createdAt: 0,
	updatedAt: 0,
	task: undefined,
});

const writeLog = (folder: LogFolder, id: string, text: string, flag: 'w' | 'a' = 'w'): void => {
	const state = join(folder.directory, 'state', id);
	mkdirSync(state, {recursive: true});
	writeFileSync(join(state, `${id}-json.log`), text, {flag});
};

/** The tab alone, on the real service; `shows` waits until a frame has the text. */
const draw = (folder: LogFolder, containers: readonly Container[], width = 60, height = 7) => {
	const commands = {detail: undefined} as unknown as AppHandles['commands'];
	const handles = {logs: folder.logs, commands, colour: true} as unknown as AppHandles;
	const tab = (now: readonly Container[]) => (
		<AppContext.Provider value={handles}>
			<LogsTab width={width} height={height} hasFocus name="web" tabs={[]} active="logs" subject={now.map(({id}) => id).join()} containers={now} />
		</AppContext.Provider>
	);
	const screen = render(tab(containers));
	onTestFinished(screen.unmount);
	const shows = async (text: string): Promise<readonly string[]> => {
		await expect.poll(() => stripSgr(screen.lastFrame() ?? ''), {interval: 10, timeout: 5000}).toContain(text);
		return stripSgr(screen.lastFrame() ?? '').split('\n');
	};
	return {commands, shows, show: (next: readonly Container[]) => screen.rerender(tab(next))};
};

test('the end of the log stands in the frame, its state on the border', async () => {
	const folder = createLogFolder();
	writeLog(folder, 'a', jsonLines(0, 100));
	const {shows} = draw(folder, [containerOf('a', 'web')]);
	const rows = await shows('line 99');
	expect(rows.length).toBe(7);
	expect(rows.map(cellWidth)).toEqual(Array.from({length: 7}, () => 60));
	expect(rows.slice(1, 6).map(row => row.slice(2, 9))).toEqual(['line 95', 'line 96', 'line 97', 'line 98', 'line 99']);
	expect(rows[6]).toContain('▼ following');
});

test('what the keys do reaches the log through the commands', async () => {
	const folder = createLogFolder();
	writeLog(folder, 'a', jsonLines(0, 100));
	const {commands, shows} = draw(folder, [containerOf('a', 'web')]);
	await shows('line 99');
	commands.detail?.scrollBy(-10);
	await shows('End re-attaches');
	writeLog(folder, 'a', jsonLine('fresh'), 'a');
	await shows('1 new');
	commands.detail?.toEnd();
	await shows('fresh');
	commands.detail?.search?.('fresh');
	await shows('1 match');
	commands.detail?.logs?.setFilter('line 4');
	const rows = await shows('& line 4');
	expect(rows[5]).toContain('line 49');
});

test('another selection closes one log and opens the other', async () => {
	const folder = createLogFolder();
	writeLog(folder, 'a', jsonLine('from a'));
	writeLog(folder, 'b', jsonLine('from b'));
	const {shows, show} = draw(folder, [containerOf('a', 'web')]);
	await shows('from a');
	show([containerOf('b', 'db')]);
	expect((await shows('from b')).join('')).not.toContain('from a');
	show([containerOf('a', 'web'), containerOf('b', 'db')]);
	expect((await shows('web from a')).join('')).toContain('db  from b');
});

test('a container without a log says why; 20×5 is enough for a frame', async () => {
	const folder = createLogFolder();
	const {shows} = draw(folder, [containerOf('c', 'job')], 20, 5);
	const rows = await shows('Nobody');
	expect(rows.length).toBe(5);
	expect(rows.map(cellWidth)).toEqual([20, 20, 20, 20, 20]);
});

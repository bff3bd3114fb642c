import {mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterAll, expect, test} from 'vitest';
import type {ObservedContainer} from '../../../source/model/compose/plan/index.ts';
import type {WatchRule} from '../../../source/model/compose/watch-rules.ts';
import {type WatchDependencies, watchProject} from '../../../source/services/compose/watch.ts';

const folder = mkdtempSync(join(tmpdir(), 'gantry-watch-'));
afterAll(() => rmSync(folder, {recursive: true}));

/** Watches one file; `heard` answers the next thing that is said or run. */
const watchFile = (path: string) => {
	const news: string[] = [];
	let wake = (): void => undefined;
	const tell = (text: string): void => {
		news.push(text);
		wake();
	};
	const heard = async (): Promise<string> => {
		while (news.length === 0) await new Promise<void>(resolve => (wake = resolve));
		return news.shift() ?? '';
	};
	const dependencies: WatchDependencies = {
		containers: {
			exec: async (_, {args}) => {
				tell(`exec ${args.join(' ')}`);
				throw new Error('nothing runs here');
			},
		},
		files: {copyIn: async () => tell('copy')},
		replicas: async () => [{name: 'web-1'} as ObservedContainer],
		rebuild: async () => undefined,
		restart: async () => undefined,
		say: tell,
	};
	const rule: WatchRule = {service: 'web', path, action: 'sync', target: '/etc/settings', ignores: [], includes: [], exec: undefined, initialSync: false};
	const stop = new AbortController();
	const ended = watchProject(dependencies, [rule], {signal: stop.signal}).catch((error: unknown) => error);
	return {
		heard,
		stop: async () => {
			stop.abort();
			await ended;
		},
	};
};

test('a file that is gone is removed in the container, one that can not be looked at is told and left there', async () => {
	const [place, away] = [join(folder, 'etc'), join(folder, 'away')];
	mkdirSync(place);
	writeFileSync(join(place, 'settings'), 'a=1');
	const watching = watchFile(join(place, 'settings'));
	expect(await watching.heard()).toMatch(/^watching 1 paths of web/);

	// The directory that is watched goes on under another name; what has its name leads nowhere but to itself.
	renameSync(place, away);
	symlinkSync('etc', place);
	writeFileSync(join(away, 'settings'), 'a=2');
	expect(await watching.heard()).toMatch(/^Could not look at .*\/etc\/settings: .*ELOOP/);

	rmSync(place);
	writeFileSync(join(away, 'settings'), 'a=3');
	expect(await watching.heard()).toBe('web: removing 1 file');
	expect(await watching.heard()).toBe('exec rm -rf -- /etc/settings');
	await watching.stop();
});

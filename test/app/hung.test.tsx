import {expect, test} from 'vitest';
import {fakeDaemon, openScreen} from './harness.tsx';
import {addApp} from './world.ts';

// A call is given ten seconds; these wait for them, side by side.

test.concurrent('a daemon that takes connections and never answers: keys work, and after the patience it says so', {timeout: 30_000}, async () => {
	const daemon = await fakeDaemon();
	addApp(daemon, 'web');
	daemon.fail('*', {kind: 'hang'});
	const screen = await openScreen(daemon, {patienceMs: 20_000, columns: 200});
	await screen.until('Waiting for the daemon');
	screen.press('?');
	await screen.until('Keys');
	screen.press('esc');
	await screen.until(/No connection: .*10 s/);
	daemon.heal();
	screen.press('ctrl-r');
	await screen.until('● web');
});

test.concurrent('an action that hangs is given up with words; the rest goes on meanwhile', {timeout: 30_000}, async () => {
	const daemon = await fakeDaemon();
	addApp(daemon, 'api');
	addApp(daemon, 'web');
	const screen = await openScreen(daemon, {patienceMs: 20_000, columns: 200});
	await screen.until('● web');
	daemon.fail('Containers.Get', {kind: 'hang'});
	screen.press('p');
	await screen.until('pausing');
	await screen.untilTrue('the call', () => daemon.calls.some(({method}) => method === 'Containers.Get'));
	// The one that hangs goes on hanging.
	daemon.heal();
	screen.press('j', 's');
	await screen.until(/○ web/);
	await screen.until(/Could not pause api: .*10 s/);
	expect(screen.frame()).not.toContain('pausing');
});

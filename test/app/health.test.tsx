import {expect, test} from 'vitest';
import {labels} from '../../source/model/labels.ts';
import {fakeDaemon, openScreen} from './harness.tsx';
import {addApp} from './world.ts';

test('a container that declares a health check has a tab for it, and others have none', async () => {
	const daemon = await fakeDaemon();
	addApp(daemon, 'web', {
		labels: {
			[labels.healthCheck]: JSON.stringify({Test: ['CMD-SHELL', 'wget -q localhost'], Interval: 3600e9, Retries: 4}),
			[labels.healthState]: JSON.stringify({Status: 'unhealthy', FailingStreak: 6, InStartPeriod: false}),
		},
	});
	addApp(daemon, 'worker');
	const screen = await openScreen(daemon, {readonly: true});
	await screen.until('worker');
	await screen.select('web');
	screen.press('[');
	await screen.until('[Health]');
	await screen.until('unhealthy, failed 6 times in a row');
	expect(screen.frame()).toMatch(/command +\/bin\/sh -c wget -q localhost/);
	expect(screen.frame()).toMatch(/unhealthy +after 4 failures in a row/);
	expect(screen.frame()).toContain('None yet.');
	await screen.select('worker');
	await screen.until((frame) => frame.includes('[Logs]') && !frame.includes('Health'));
});

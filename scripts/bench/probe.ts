/**
Preloaded into the dashboard (`--import`): writes down how long its event loop was held, and when. The kernel's timer inside Node's own
monitor costs next to nothing; it is read every few milliseconds, so that a hold is known to the moment.
*/
import {writeFileSync} from 'node:fs';
import {monitorEventLoopDelay, performance} from 'node:perf_hooks';
import type {Hold} from './holds.ts';

const resolutionMs = 1;
const path = process.env['GANTRY_BENCH_HOLDS'];
const holds: Hold[] = [];
const monitor = monitorEventLoopDelay({resolution: resolutionMs});
monitor.enable();

const look = (): void => {
	const ms = monitor.max / 1e6 - resolutionMs;
	monitor.reset();
	if (ms >= 5) holds.push({at: performance.timeOrigin + performance.now(), ms});
};

if (path !== undefined) {
	setInterval(look, 20).unref();
	process.on('exit', () => {
		look();
		writeFileSync(path, JSON.stringify(holds));
	});
}

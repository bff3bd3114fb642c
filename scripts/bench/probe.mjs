/**
Preloaded into the dashboard (`--import`): writes down how long its event loop was held, and when. The timer inside Node's own monitor
costs next to nothing; it is read every few milliseconds, so that a hold is known to the moment. Each is written at once: a program that a
signal ends runs no last words. Not TypeScript, because Node would load its compiler into the program that is measured.
*/
import {appendFileSync} from 'node:fs';
import {monitorEventLoopDelay, performance} from 'node:perf_hooks';

const resolutionMs = 1;
const path = process.env['GANTRY_BENCH_HOLDS'];
const monitor = monitorEventLoopDelay({resolution: resolutionMs});

/** Lines of `Hold` (holds.ts). */
const look = file => {
	const ms = monitor.max / 1e6 - resolutionMs;
	monitor.reset();
	if (ms < 5) return;
	appendFileSync(file, `${JSON.stringify({at: performance.timeOrigin + performance.now(), ms})}\n`);
};

if (path !== undefined) {
	monitor.enable();
	setInterval(look, 20, path).unref();
}

import {readFileSync, rmSync} from 'node:fs';
import {fileURLToPath} from 'node:url';

/** The event loop was held for so long, until about then (epoch ms). */
export type Hold = {readonly at: number; readonly ms: number};

/** The environment that makes a Node program write down its holds. */
export const probed = (path: string): Readonly<Record<string, string>> => ({
	GANTRY_BENCH_HOLDS: path,
	NODE_OPTIONS: `--import=${fileURLToPath(new URL('probe.mjs', import.meta.url))}`,
});

/** After the program has ended. `from` and `to` are `performance.now()` of this process. */
export const readHolds = (path: string): {longest(from: number, to?: number): number; readonly all: readonly Hold[]} => {
	const text = readFileSync(path, {encoding: 'utf8', flag: 'a+'});
	const all = text.split('\n').filter(line => line !== '').map(line => JSON.parse(line) as Hold);
	rmSync(path);
	const here = (time: number): number => performance.timeOrigin + time;
	return {
		all,
		longest: (from, to = Number.POSITIVE_INFINITY) => Math.max(0, ...all.filter(({at}) => at >= here(from) && at <= here(to)).map(({ms}) => ms)),
	};
};

import {join} from 'node:path';
import type {Bench} from './bench.ts';
import {type Figure, figure} from './figure.ts';
import {cpuSeconds} from './process-cost.ts';
import {pause} from './rest.ts';
import {writeStillLog} from './sample-log.ts';
import {cursorRow, hasRow, isCursorOn} from './screen.ts';
import {quantile, spread} from './statistics.ts';
import type {Terminal} from './terminal.ts';
import {linesBehind, startWriter, untilFlood} from './writer.ts';

const containers = 50;
const nameOf = (index: number): string => `bench-${String(index + 1).padStart(4, '0')}`;

/** Between 60 and 260 ms, never in step with what ticks once a second or thirty times, and the same in every run. */
const intervalOf = (count: number): number => 60 + ((count * 7919) % 200);

/** Milliseconds per key, and the processor time of the dashboard per key, which other programs can't stretch. */
type Presses = {readonly times: readonly number[]; readonly cpuMs: number};

/**
Milliseconds from a key to the first bytes that show its answer: the cursor on the next row. On a quiet screen those are simply the next
bytes; while a log runs, most bytes are the log's.
*/
const pressMany = async (terminal: Terminal, presses: number): Promise<Presses> => {
	const times: number[] = [];
	let index = 0;
	let step: 1 | -1 = 1;
	const cpu = cpuSeconds(terminal.pid);
	for (let count = 0; count < presses; count += 1) {
		await pause(intervalOf(count));
		if (index + step < 0 || index + step >= containers || count % 13 === 12) step = step === 1 ? -1 : 1;
		if (index + step < 0 || index + step >= containers) continue;
		index += step;
		terminal.forget();
		const pressedAt = performance.now();
		terminal.press(step === 1 ? 'j' : 'k');
		times.push((await terminal.until(`the cursor on ${nameOf(index)}`, isCursorOn(nameOf(index)), 5000)) - pressedAt);
	}
	return {times, cpuMs: ((cpuSeconds(terminal.pid) - cpu) * 1000) / times.length};
};

const begin = async (terminal: Terminal): Promise<void> => {
	await terminal.until('the first row', hasRow);
	await terminal.until('the cursor on the first row', seen => cursorRow(seen)?.includes(nameOf(0)) === true);
	await pause(2000);
};

const measureQuiet = async (bench: Bench): Promise<Presses> =>
	bench.within(async inner => {
		const {address} = await inner.daemon({containers, logs: [writeStillLog(inner.folder)]});
		const terminal = inner.dashboard(address);
		await begin(terminal);
		return pressMany(terminal, bench.isQuick ? 40 : 200);
	});

/** All containers have the same log, so that moving the cursor opens it again and the flood goes on. */
const measureInFlood = async (bench: Bench): Promise<Presses & {readonly behind: number}> =>
	bench.within(async inner => {
		const path = join(inner.folder, 'flood-json.log');
		const writer = await startWriter({path, linesPerSecond: 5000, rotateAtBytes: 64_000_000});
		try {
			const {address} = await inner.daemon({containers, logs: [path]});
			const terminal = inner.dashboard(address, {isEmulated: true});
			await begin(terminal);
			await untilFlood(terminal);
			const presses = await pressMany(terminal, bench.isQuick ? 40 : 200);
			await pause(500);
			return {...presses, behind: await linesBehind(writer, terminal)};
		} finally {
			await writer.stop();
		}
	});

/** How long an answer takes. */
export const measureKeys = async (bench: Bench): Promise<readonly Figure[]> => {
	const quiet = await measureQuiet(bench);
	const flood = await measureInFlood(bench);
	const details = ({times, cpuMs}: Presses) => ({ms: spread(times), p95: quantile(times, 0.95), p99: quantile(times, 0.99), cpuMsPerKey: cpuMs});
	return [
		figure({
			name: 'keys.median',
			value: quantile(quiet.times, 0.5),
			unit: 'ms',
			budget: 8,
			how: 'From writing j or k to the pty to the first bytes with the cursor on the next row, 50 containers, nothing else going on.',
			details: details(quiet),
		}),
		figure({
			name: 'keys.p95-in-flood',
			value: quantile(flood.times, 0.95),
			unit: 'ms',
			budget: 25,
			how: 'The same while 5,000 lines a second arrive in the log that is shown.',
			details: {...details(flood), linesBehindAtTheEnd: flood.behind},
		}),
	];
};

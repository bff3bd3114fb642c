import {join} from 'node:path';
import type {Bench} from './bench.ts';
import {startChild} from './child.ts';
import {type Figure, figure} from './figure.ts';
import {probed, readHolds} from './holds.ts';
import type {ManyReport} from './many-main.ts';
import {pause} from './rest.ts';
import {cursorRow, hasRow, hasText} from './screen.ts';
import {median, spread} from './statistics.ts';

type Round = {
	/** From the first frame to the first rows, and to a key's answer. */
	readonly rows: number;
	readonly usable: number;
	readonly fromSpawn: number;
	/** Until the title counts them all. */
	readonly whole: number;
	readonly holdStarting: number;
	readonly holdUsing: number;
};

const counted = (containers: number) => {
	const spaced = new Intl.NumberFormat('en');
	return (seen: string): boolean => seen.includes(` ${containers} `) || seen.includes(spaced.format(containers));
};

/** Start, list, a key as soon as there is a row; then to the end, back, and a filter typed letter by letter. */
const round = async (bench: Bench, address: string, containers: number): Promise<Round> => {
	const path = join(bench.folder, 'holds.json');
	const result = await bench.within(async inner => {
		const terminal = inner.dashboard(address, {environment: probed(path)});
		const frame = await terminal.until('text on the screen', hasText);
		const whole = terminal.until('the count of all', counted(containers));
		const rows = await terminal.until('the first row', hasRow);
		const before = cursorRow(terminal.seen());
		terminal.press('j');
		const usable = await terminal.until('the cursor on another row', seen => cursorRow(seen) !== undefined && cursorRow(seen) !== before);
		const listed = await whole;
		await pause(1000);
		const calmAt = performance.now();
		for (const key of ['G', 'g', 'j', '/', 'b', 'e', 'n', '4', '2', '\u001B', 'j']) {
			terminal.press(key);
			await pause(200);
		}
		await pause(500);
		return {terminal, frame, rows, usable, listed, calmAt};
	});
	const holds = readHolds(path);
	const {terminal, frame, rows, usable, listed, calmAt} = result;
	return {
		rows: rows - frame,
		usable: usable - frame,
		fromSpawn: usable - terminal.startedAt,
		whole: listed - frame,
		holdStarting: holds.longest(frame, calmAt),
		holdUsing: holds.longest(calmAt),
	};
};

const alone = async (address: string): Promise<ManyReport> => {
	const child = await startChild('many-main.ts', {address});
	try {
		return JSON.parse(child.firstLine) as ManyReport;
	} finally {
		await child.stop();
	}
};

/** Five thousand containers in one namespace. */
export const measureManyContainers = async (bench: Bench): Promise<readonly Figure[]> =>
	bench.within(async inner => {
		const many = await inner.daemon({containers: 5000, projects: 50});
		const few = await inner.daemon({containers: 20, projects: 4});
		await round(inner, many.address, 5000);
		const [rounds, base, reports]: [Round[], Round[], ManyReport[]] = [[], [], []];
		for (let count = 0; count < (bench.isQuick ? 2 : 5); count += 1) {
			rounds.push(await round(inner, many.address, 5000));
			base.push(await round(inner, few.address, 20));
			reports.push(await alone(many.address));
		}
		const of = (all: readonly Round[], key: keyof Round): readonly number[] => all.map(one => one[key]);
		return [
			figure({
				name: 'many.usable',
				value: median(of(rounds, 'usable')),
				unit: 'ms',
				budget: 1500,
				how: '5,000 containers in 50 projects on the fake: from the first frame, when connecting begins, to the answer of a key pressed when the first row was there.',
				details: {
					ms: spread(of(rounds, 'usable')),
					fromSpawn: spread(of(rounds, 'fromSpawn')),
					firstRows: spread(of(rounds, 'rows')),
					allListed: spread(of(rounds, 'whole')),
					withTwenty: spread(of(base, 'usable')),
					storeAndClientsAlone: {firstRows: spread(reports.map(one => one.rowsMs)), live: spread(reports.map(one => one.liveMs))},
				},
			}),
			figure({
				name: 'many.held',
				value: median(rounds.map(one => Math.max(one.holdStarting, one.holdUsing))),
				unit: 'ms',
				budget: 50,
				how: 'The longest hold of the real dashboard’s event loop from its first frame on: connecting, listing, and then jumping to both ends and typing a filter; median of the rounds.',
				details: {
					starting: spread(of(rounds, 'holdStarting')),
					using: spread(of(rounds, 'holdUsing')),
					withTwenty: {starting: spread(of(base, 'holdStarting')), using: spread(of(base, 'holdUsing'))},
					storeAndClientsAlone: spread(reports.map(one => one.heldMs)),
				},
			}),
		];
	});

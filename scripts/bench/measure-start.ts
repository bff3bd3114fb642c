import type {Bench} from './bench.ts';
import {type Figure, figure} from './figure.ts';
import {writeStillLog} from './sample-log.ts';
import {hasFrame, hasRow, hasText, isCursorOn} from './screen.ts';
import {median, ratio, spread} from './statistics.ts';
import {openTerminal} from './terminal.ts';

type Round = {readonly text: number; readonly frame: number; readonly row: number; readonly key: number};

const round = async (bench: Bench, address: string): Promise<Round> =>
	bench.within(async inner => {
		const terminal = inner.dashboard(address);
		const [text, frame, row] = await Promise.all([
			terminal.until('text on the screen', hasText),
			terminal.until('the frame', hasFrame),
			terminal.until('the first row', hasRow),
		]);
		// A screen that shows rows and does not listen yet would be a picture.
		terminal.press('j');
		const key = await terminal.until('the answer of a key', isCursorOn('bench-0002'));
		return {text: text - terminal.startedAt, frame: frame - terminal.startedAt, row: row - terminal.startedAt, key: key - terminal.startedAt};
	});

const bareNode = async ({environment}: Bench): Promise<number> => {
	const terminal = openTerminal(process.execPath, ['-e', '0'], environment);
	return (await terminal.ended) - terminal.startedAt;
};

/** How long a person looks at nothing, in units of what starting Node alone takes on this machine. */
export const measureStart = async (bench: Bench): Promise<readonly Figure[]> =>
	bench.within(async inner => {
		const {address} = await inner.daemon({containers: 20, logs: [writeStillLog(inner.folder)]});
		// The first start ever compiles; all later ones find what it left in the user's cache.
		const first = await round(inner, address);
		await bareNode(inner);
		const rounds: Round[] = [];
		const bare: number[] = [];
		for (let count = 0; count < (bench.isQuick ? 5 : 15); count += 1) {
			// By turns, and the other one first every second time.
			if (count % 2 === 0) bare.push(await bareNode(inner));
			rounds.push(await round(inner, address));
			if (count % 2 === 1) bare.push(await bareNode(inner));
		}
		const of = (key: keyof Round): readonly number[] => rounds.map(one => one[key]);
		const details = (key: keyof Round) => ({ratio: ratio(of(key), bare), ms: spread(of(key)), bareNodeMs: spread(bare), firstStartEverMs: Math.round(first[key])});
		return [
			figure({
				name: 'start.first-frame',
				value: median(of('text')) / median(bare),
				unit: '× node -e 0',
				budget: 2.2,
				how: 'From spawning dist/gantry on a pty to the first readable text on it, over spawning node -e 0 on one until it ends; medians, by turns.',
				details: {...details('text'), wholeFrame: {ratio: ratio(of('frame'), bare), ms: spread(of('frame'))}},
			}),
			figure({
				name: 'start.first-row',
				value: median(of('row')) / median(bare),
				unit: '× node -e 0',
				budget: 3,
				how: 'As above, until the name of one of 20 containers of a fake containerd in another process is on the screen.',
				details: {...details('row'), firstKeyAnswered: {ratio: ratio(of('key'), bare), ms: spread(of('key'))}},
			}),
		];
	});

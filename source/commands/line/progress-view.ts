import {padEnd, truncate} from '../../model/cells.ts';
import {createPacer, type Progress, type ProgressItem, sumOf} from '../../model/progress.ts';
import {plain} from '../../model/sanitize.ts';
import {bytes, duration} from '../../model/units.ts';
import type {Surroundings} from './types.ts';

export type ProgressView = {
	readonly onProgress: (progress: Progress) => void;
	/** Draws the last state; nothing is drawn any more. */
	end(): void;
};

type Screen = Pick<Surroundings, 'terminal' | 'clock'> & {readonly to: Surroundings['stdout']};

/** A person reads no faster. */
const drawnEveryMs = 100;
const barCells = 20;

const isOver = ({phase}: ProgressItem): boolean => phase === 'done' || phase === 'exists' || phase === 'mounted';

const bar = (share: number): string => {
	const full = Math.max(0, Math.min(barCells, Math.round(share * barCells)));
	return `[${'#'.repeat(full)}${' '.repeat(barCells - full)}]`;
};

const line = ({label, phase, doneBytes, totalBytes}: ProgressItem): string => {
	const amount = totalBytes === undefined ? bytes(doneBytes) : `${bytes(doneBytes)}/${bytes(totalBytes)}`;
	const isMoving = phase === 'fetching' || phase === 'pushing' || phase === 'reading' || phase === 'writing';
	const share = totalBytes === undefined || totalBytes === 0 ? 0 : doneBytes / totalBytes;
	return `${padEnd(plain(label), 22)} ${padEnd(phase, 9)} ${isMoving ? `${bar(share)} ${amount}` : totalBytes === undefined ? '' : bytes(totalBytes)}`.trimEnd();
};

/**
On a terminal the whole state, drawn over the last one; elsewhere a line whenever something changes its phase, which a log can hold.
What does not fit on the screen is left out from the finished ones first, because lines that scrolled away can't be drawn over.
*/
export const createProgressView = (title: string, {terminal, clock, to}: Screen): ProgressView =>
	terminal.isTTY ? liveView(title, {terminal, clock, to}) : plainView(title, to);

const plainView = (title: string, to: Screen['to']): ProgressView => {
	const phases = new Map<string, string>();
	let step = '';
	return {
		onProgress: progress => {
			if (progress.step !== step) {
				step = progress.step;
				to.write(`${title}: ${step}\n`);
			}
			for (const {id, label, phase} of progress.items) {
				if (phases.get(id) === phase) continue;
				phases.set(id, phase);
				if (phase !== 'waiting') to.write(`${label}: ${phase}\n`);
			}
		},
		end: () => undefined,
	};
};

const liveView = (title: string, {terminal, clock, to}: Screen): ProgressView => {
	const pacer = createPacer();
	let latest: Progress | undefined;
	let drawn = 0;
	let timer: NodeJS.Timeout | undefined;
	let size = {columns: terminal.columns, rows: terminal.rows};
	const forget = terminal.onResize(next => {
		size = next;
	});

	const draw = (): void => {
		timer = undefined;
		if (latest === undefined) return;
		const sum = sumOf(latest);
		const {rate, remainingMs} = pacer.read(sum, clock());
		const room = Math.max(1, size.rows - 3);
		const items =
			latest.items.length <= room
				? latest.items
				: [...latest.items.filter(item => !isOver(item)), ...latest.items.filter(isOver)].slice(0, room);
		const pace = `${rate === undefined || rate < 1 ? '' : `  ${bytes(rate)}/s`}${remainingMs === undefined || remainingMs < 1000 ? '' : `  ${duration(remainingMs)} left`}`;
		const total = `${sum.finished}/${sum.count}${sum.percent === undefined ? '' : `  ${sum.percent}%`}${pace}`;
		const lines = [`${plain(title)}: ${latest.step}`, ...items.map(line), total].map(text => truncate(text, Math.max(1, size.columns - 1)));
		// Up to where the last state began, then each line and what is left of an older, longer one; at last what stands below.
		to.write(`${drawn === 0 ? '' : `\u001B[${drawn}A`}${lines.map(text => `\r${text}\u001B[K\n`).join('')}\u001B[J`);
		drawn = lines.length;
	};

	return {
		onProgress: progress => {
			latest = progress;
			timer ??= setTimeout(draw, drawn === 0 ? 0 : drawnEveryMs);
		},
		end: () => {
			clearTimeout(timer);
			draw();
			forget();
			latest = undefined;
		},
	};
};

/** Work with its progress on the screen, which ends as the work does; quiet shows nothing. */
export const withProgress = async <Result>(
	title: string,
	context: Surroundings,
	{isQuiet, to = context.stdout}: {readonly isQuiet: boolean; readonly to?: Surroundings['stdout']},
	work: (call: {readonly signal: AbortSignal; readonly onProgress?: (progress: Progress) => void}) => Promise<Result>,
): Promise<Result> => {
	if (isQuiet) return work({signal: context.signal});
	const view = createProgressView(title, {...context, to});
	try {
		return await work({signal: context.signal, onProgress: view.onProgress});
	} finally {
		view.end();
	}
};

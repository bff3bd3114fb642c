import {EventEmitter} from 'node:events';
import {cellWidth} from '../../source/model/cells.ts';
import {stripSgr} from '../../source/model/sanitize.ts';

export type Condition = string | RegExp | ((frame: string) => boolean);

/** What was painted, and waiting for what will be. Frames are whole: Ink's debug mode writes one per change. */
export type Frames = {
	readonly stdout: NodeJS.WriteStream;
	/** The last frame without colours. */
	frame(): string;
	/** As it was painted. */
	painted(): string;
	lines(): readonly string[];
	/** Resolves with the first frame, from the current one on, that is as wanted. */
	until(condition: Condition): Promise<string>;
	/** Resolves when `isTrue` is, looked at after every frame and every call of `look`. */
	untilTrue(what: string, isTrue: () => boolean): Promise<void>;
	look(): void;
	/** What is known now is on the screen: React and Ink have had their turns of the event loop. */
	drawn(): Promise<void>;
	resize(columns: number, rows: number): void;
};

const holds = (condition: Condition, frame: string): boolean => {
	if (typeof condition === 'string') return frame.includes(condition);
	return condition instanceof RegExp ? condition.test(frame) : condition(frame);
};

/**
A line that is wider than the terminal, a frame that is higher, or anything that drives the terminal besides colours would break the
screen: no frame of any test may be so.
*/
const misfit = (frame: string, columns: number, rows: number): string | undefined => {
	const control = /[\u0000-\u0009\u000B-\u001F\u007F-\u009F\u200E\u200F\u202A-\u202E\u2066-\u2069]/.exec(frame.replaceAll(/\u001B\[[\d;]*m/g, ''));
	if (control !== null) return `the control character ${JSON.stringify(control[0])} in ${JSON.stringify(frame.slice(Math.max(0, control.index - 20), control.index + 20))}`;
	const lines = frame.split('\n');
	if (lines.length > rows) return `a frame of ${lines.length} lines on ${rows} rows`;
	const wide = lines.find((line) => cellWidth(line) > columns);
	return wide === undefined ? undefined : `a line of ${cellWidth(wide)} cells on ${columns} columns: ${JSON.stringify(wide)}`;
};

export const createFrames = (size: {columns: number; rows: number}, patienceMs = 8000): Frames => {
	let last = '';
	let broken: string | undefined;
	const changes = new EventEmitter().setMaxListeners(100);
	const stdout = Object.assign(new EventEmitter(), {
		isTTY: false,
		writable: true,
		get columns() {
			return size.columns;
		},
		get rows() {
			return size.rows;
		},
		write: (frame: string, ...rest: readonly unknown[]) => {
			last = frame.replace(/\n$/, '');
			broken ??= misfit(last, size.columns, size.rows);
			(rest.find((argument) => typeof argument === 'function') as (() => void) | undefined)?.();
			changes.emit('change');
			return true;
		},
	});
	const frame = () => stripSgr(last);
	const untilTrue = async (what: string, isTrue: () => boolean): Promise<void> =>
		new Promise((resolve, reject) => {
			const stop = () => {
				clearTimeout(timer);
				changes.off('change', look);
			};
			const look = () => {
				if (broken !== undefined) {
					stop();
					reject(new Error(broken));
				} else if (isTrue()) {
					stop();
					resolve();
				}
			};
			const timer = setTimeout(() => {
				stop();
				reject(new Error(`Never came: ${what}. The last frame:\n${frame()}`));
			}, patienceMs);
			changes.on('change', look);
			look();
		});
	return {
		stdout: stdout as unknown as NodeJS.WriteStream,
		frame,
		painted: () => last,
		lines: () => frame().split('\n'),
		untilTrue,
		look: () => changes.emit('change'),
		drawn: async () => {
			for (let turn = 0; turn < 5; turn += 1) await new Promise((resolve) => void setImmediate(resolve));
			await untilTrue('a frame that fits', () => true);
		},
		until: async (condition) => {
			await untilTrue(String(condition), () => holds(condition, frame()));
			return frame();
		},
		resize: (columns, rows) => {
			size.columns = columns;
			size.rows = rows;
			stdout.emit('resize');
		},
	};
};

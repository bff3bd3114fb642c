import {frameUpdate, type ShownFrame, shownFrame} from './frame-update.ts';

type CursorPosition = {readonly x: number; readonly y: number};

/** What Ink writes a frame with; it remembers what it wrote. */
export type FrameLog = {
	(frame: string): boolean;
	clear(): void;
	done(): void;
	reset(): void;
	/** The frame stands on the screen: somebody else wrote it. */
	sync(frame: string): void;
	setCursorPosition(position: CursorPosition | undefined): void;
	isCursorDirty(): boolean;
	willRender(frame: string): boolean;
	getCursorPosition(): CursorPosition | undefined;
};

export type FrameStream = {readonly columns?: number | undefined; readonly rows?: number | undefined; write(text: string): unknown};

/** Ink 8's `log-update`. */
export type LogUpdate = {create(stream: FrameStream, options?: {readonly incremental?: boolean | undefined}): FrameLog};

type Shown = {readonly frame: ShownFrame; readonly columns: number | undefined};

/**
Ink's incremental writer sends a changed line from its first changed column to its end, with the pane beside it, and one sequence for every
line that did not change. This one sends the changed columns and jumps between them (frame-update.ts) wherever one frame that fills the
terminal follows another. All else is left to Ink: the first frame, other sizes, a cursor that is shown, frames that do not fill the screen.
*/
export const frameWriter = (original: LogUpdate): LogUpdate => ({
	create: (stream, options = {}) => {
		const log = original.create(stream, options);
		if (options.incremental !== true) return log;
		let shown: Shown | undefined;
		let hasCursor = false;
		/** Ink moves from where it believes the cursor: on the last line. */
		let isElsewhere = false;

		const note = (text: string): void => {
			shown = {frame: shownFrame(text.split('\n')), columns: stream.columns};
		};
		const forget = (): void => {
			shown = undefined;
			isElsewhere = false;
		};
		const handOver = (): void => {
			if (isElsewhere) stream.write(`\u001B[${shown?.frame.lines.length ?? 1}H`);
			isElsewhere = false;
		};

		const render = (text: string): boolean => {
			const frame = shownFrame(text.split('\n'));
			const fills = shown !== undefined && shown.columns === stream.columns && frame.lines.length === stream.rows && shown.frame.lines.length === stream.rows;
			if (shown === undefined || !fills || hasCursor || log.getCursorPosition() !== undefined) {
				handOver();
				const answer = log(text);
				shown = {frame, columns: stream.columns};
				return answer;
			}
			const update = frameUpdate(shown.frame, frame);
			shown = {frame, columns: stream.columns};
			log.sync(text);
			if (update === '') return false;
			stream.write(update);
			isElsewhere = true;
			return true;
		};
		return Object.assign(render, {
			clear: () => {
				handOver();
				forget();
				log.clear();
			},
			done: () => {
				handOver();
				forget();
				log.done();
			},
			reset: () => {
				forget();
				log.reset();
			},
			sync: (text: string) => {
				log.sync(text);
				note(text);
				isElsewhere = false;
			},
			setCursorPosition: (position: CursorPosition | undefined) => {
				hasCursor = position !== undefined;
				log.setCursorPosition(position);
			},
			isCursorDirty: log.isCursorDirty,
			willRender: log.willRender,
			getCursorPosition: log.getCursorPosition,
		});
	},
});

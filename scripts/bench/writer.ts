import {startChild} from './child.ts';
import type {Terminal} from './terminal.ts';

export type WriterOptions = {
	readonly path: string;
	readonly linesPerSecond: number;
	/** The file is renamed to `.1` and begun anew when it has this many bytes, as a log driver does. */
	readonly rotateAtBytes: number;
};

export type Writer = {
	/** The number of the line that was written last. */
	written(): Promise<number>;
	stop(): Promise<void>;
};

/** The number of the newest flood line on a screen. */
export const newestLine = (screen: string): number | undefined => {
	const all = [...screen.matchAll(/flood (\d{9}) /g)];
	return all.length === 0 ? undefined : Math.max(...all.map(([, number]) => Number(number)));
};

/** How many lines of what has been written the screen does not show yet. */
export const linesBehind = async (writer: Writer, terminal: Terminal): Promise<number> => {
	const written = await writer.written();
	return Math.max(0, written - (newestLine(await terminal.screen()) ?? 0));
};

export const untilFlood = async (terminal: Terminal): Promise<void> => {
	await terminal.until('the flood', seen => /flood \d{9} /.test(seen));
};

/** A process that appends to a json-file log at a steady rate. */
export const startWriter = async (options: WriterOptions): Promise<Writer> => {
	const child = await startChild('writer-main.ts', options);
	return {written: async () => Number(await child.ask('written')), stop: child.stop};
};

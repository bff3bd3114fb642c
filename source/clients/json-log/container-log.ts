import {encodeEntry, formatTime} from './json-entry.ts';
import {readLogConfig} from './log-config.ts';
import {openRotatingFile} from './rotating-file.ts';

export type StreamName = 'stdout' | 'stderr';

/** What a container says, on its way to the disk. Neither throws: a full disk must not stop the container. */
export type ContainerLog = {
	write(lines: readonly string[], stream: StreamName): void;
	close(): void;
};

const now = (): string => formatTime(performance.timeOrigin + performance.now());

/** In the log, where those look who miss the lines. */
const lostRecord = (count: number): string => encodeEntry(`[gantry: ${count} log ${count === 1 ? 'line' : 'lines'} could not be written]\n`, 'stderr', now());

/** As `log-config.json` of the container's state directory has it. Throws when the file can't be opened. */
export const openContainerLog = (stateDir: string, id: string): ContainerLog => {
	const config = readLogConfig(stateDir, id);
	if (config.driver === 'none') return {write: () => undefined, close: () => undefined};
	const file = openRotatingFile({...config, lostRecord});
	return {
		write(lines, stream) {
			if (lines.length === 0) return;
			const time = now();
			file.write(lines.map(line => encodeEntry(line, stream, time)));
		},
		close: file.close,
	};
};

import {StringDecoder} from 'node:string_decoder';
import {coloured} from './sanitize.ts';

/** What a step has said, oldest first; `dropped` lines before these are gone. */
export type StepLog = {readonly lines: readonly string[]; readonly dropped: number};

export type StepLogs = {
	/** Bytes of a step's output as they come; UTF-8 and lines may be cut anywhere. Answers the lines that are whole now. */
	push(vertex: string, piece: Uint8Array): readonly string[];
	of(vertex: string): StepLog;
	/** The last thing it said, whole or not. */
	last(vertex: string): string;
	vertexes(): readonly string[];
};

export type LogBounds = {
	/** Characters that are kept of one step. */
	readonly stepSize: number;
	/** And of all of them together. */
	readonly size: number;
};

const usual: LogBounds = {stepSize: 512 * 1024, size: 4 * 1024 * 1024};

type Held = {readonly decoder: StringDecoder; rest: string; lines: string[]; from: number; size: number; dropped: number};

/** The output of every step of a build, bounded: what is dropped is the oldest of whoever says most, and is counted. */
export const createStepLogs = (bounds: LogBounds = usual): StepLogs => {
	const held = new Map<string, Held>();
	let size = 0;
	const dropOne = (log: Held) => {
		const gone = (log.lines[log.from]?.length ?? 0) + 1;
		log.lines[log.from] = '';
		log.from += 1;
		log.dropped += 1;
		log.size -= gone;
		size -= gone;
		// Not at every line: moving what is left costs as much as there is of it.
		if (log.from * 2 < log.lines.length) return;
		log.lines = log.lines.slice(log.from);
		log.from = 0;
	};
	const open = (vertex: string): Held => {
		const known = held.get(vertex);
		if (known !== undefined) return known;
		const log: Held = {decoder: new StringDecoder('utf8'), rest: '', lines: [], from: 0, size: 0, dropped: 0};
		held.set(vertex, log);
		return log;
	};
	const biggest = (): Held | undefined => [...held.values()].reduce<Held | undefined>((most, log) => (most === undefined || log.size > most.size ? log : most), undefined);
	return {
		push(vertex, piece) {
			const log = open(vertex);
			const parts = (log.rest + log.decoder.write(Buffer.from(piece.buffer, piece.byteOffset, piece.byteLength))).split('\n');
			const rest = parts.pop() ?? '';
			// A line that never ends is cut where it is too long to be one.
			log.rest = rest.length > bounds.stepSize ? rest.slice(-bounds.stepSize) : rest;
			const whole = parts.map((line) => coloured(line.replace(/\r$/, '')));
			for (const line of whole) {
				log.lines.push(line);
				log.size += line.length + 1;
				size += line.length + 1;
			}
			while (log.size > bounds.stepSize && log.from < log.lines.length) dropOne(log);
			while (size > bounds.size) {
				const most = biggest();
				if (most === undefined || most.from >= most.lines.length) break;
				dropOne(most);
			}
			return whole;
		},
		of(vertex) {
			const log = held.get(vertex);
			if (log === undefined) return {lines: [], dropped: 0};
			const lines = log.from === 0 ? log.lines : log.lines.slice(log.from);
			return {lines: log.rest === '' ? lines : [...lines, coloured(log.rest)], dropped: log.dropped};
		},
		last(vertex) {
			const log = held.get(vertex);
			return log === undefined ? '' : log.rest === '' ? (log.lines.at(-1) ?? '') : coloured(log.rest);
		},
		vertexes: () => [...held.keys()],
	};
};

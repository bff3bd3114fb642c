/** One blob or step of a longer piece of work. */
export type ProgressItem = {
	/** What tells it from the others: a digest, a snapshot key, a file. */
	readonly id: string;
	readonly label: string;
	readonly phase: 'waiting' | 'fetching' | 'pushing' | 'reading' | 'writing' | 'unpacking' | 'done' | 'exists' | 'mounted' | 'failed';
	readonly doneBytes: number;
	/** Undefined when nobody knows. */
	readonly totalBytes: number | undefined;
};

/** The whole state of a piece of work, told anew each time: a reader that missed some has missed nothing. */
export type Progress = {readonly items: readonly ProgressItem[]; /** What is being done besides: `resolving`, `writing the image record`. */ readonly step: string};

export const noProgress: Progress = {items: [], step: ''};

export type ProgressSum = {
	readonly doneBytes: number;
	/** Undefined while an item's size is unknown. */
	readonly totalBytes: number | undefined;
	/** 0…100, whole. */
	readonly percent: number | undefined;
	readonly finished: number;
	readonly count: number;
};

const isFinished = ({phase}: ProgressItem): boolean => phase === 'done' || phase === 'exists' || phase === 'mounted';

/** What is here already counts as done: a resumed pull starts where it stopped. */
export const sumOf = ({items}: Progress): ProgressSum => {
	let doneBytes = 0;
	let totalBytes: number | undefined = 0;
	let finished = 0;
	for (const item of items) {
		if (isFinished(item)) finished += 1;
		doneBytes += isFinished(item) ? (item.totalBytes ?? item.doneBytes) : item.doneBytes;
		totalBytes = totalBytes === undefined || item.totalBytes === undefined ? undefined : totalBytes + item.totalBytes;
	}
	const percent = totalBytes === undefined || totalBytes === 0 ? undefined : Math.min(100, Math.floor((doneBytes / totalBytes) * 100));
	return {doneBytes, totalBytes, percent, finished, count: items.length};
};

export type Pace = {
	/** Bytes a second over the last few seconds; undefined until two readings are apart. */
	readonly rate: number | undefined;
	readonly remainingMs: number | undefined;
};

export type Pacer = {read(sum: ProgressSum, at: number): Pace};

const windowMs = 5000;

/** Speed over a sliding window: the average since the start lies after a stall, the last step alone jumps about. */
export const createPacer = (): Pacer => {
	let readings: Array<{readonly at: number; readonly bytes: number}> = [];
	return {
		read({doneBytes, totalBytes}, at) {
			readings = [...readings.filter((reading) => at - reading.at <= windowMs), {at, bytes: doneBytes}];
			const first = readings[0];
			if (first === undefined || at - first.at < 500) return {rate: undefined, remainingMs: undefined};
			const rate = Math.max(0, ((doneBytes - first.bytes) * 1000) / (at - first.at));
			const left = totalBytes === undefined ? undefined : totalBytes - doneBytes;
			return {rate, remainingMs: left === undefined || rate <= 0 ? undefined : (left / rate) * 1000};
		},
	};
};

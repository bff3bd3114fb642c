import type {Progress, ProgressItem} from '../../../model/progress.ts';

export type OnProgress = (progress: Progress) => void;

/** Every long verb takes these. */
export type LongCall = {readonly signal?: AbortSignal; readonly onProgress?: OnProgress};

type Phase = ProgressItem['phase'];

export type Tracker = {
	/** Known from now on, in this order. */
	add(item: {readonly id: string; readonly label: string; readonly totalBytes: number | undefined; readonly phase?: Phase}): void;
	phase(id: string, phase: Phase): void;
	bytes(id: string, doneBytes: number): void;
	step(step: string): void;
};

/** Bytes are told at most this often; a change of phase at once. */
const toldEveryMs = 50;

export const createTracker = (onProgress: OnProgress | undefined, now: () => number = Date.now): Tracker => {
	const items = new Map<string, ProgressItem>();
	let step = '';
	let toldAt = 0;
	const tell = (): void => {
		toldAt = now();
		onProgress?.({items: [...items.values()], step});
	};
	const change = (id: string, changes: Partial<ProgressItem>): boolean => {
		const item = items.get(id);
		if (item !== undefined) items.set(id, {...item, ...changes});
		return item !== undefined;
	};
	return {
		add({id, label, totalBytes, phase = 'waiting'}) {
			if (items.has(id)) return;
			items.set(id, {id, label, phase, doneBytes: 0, totalBytes});
			tell();
		},
		phase(id, phase) {
			if (change(id, {phase})) tell();
		},
		bytes(id, doneBytes) {
			if (change(id, {doneBytes}) && now() - toldAt >= toldEveryMs) tell();
		},
		step(next) {
			step = next;
			tell();
		},
	};
};

/** `sha256:1234…` as people compare it. */
export const shortDigest = (digest: string): string => digest.slice(digest.indexOf(':') + 1).slice(0, 12);

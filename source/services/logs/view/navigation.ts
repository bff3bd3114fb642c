import type {ReadOptions} from '../types.ts';
import type {Feed} from './feed.ts';
import type {FileSearch} from './file-search.ts';
import type {Frames} from './frames.ts';
import type {LineBuffer} from './line-buffer.ts';
import {plainText} from './line.ts';
import type {Matches} from './matches.ts';
import type {Viewport} from './viewport.ts';

const pageLines = 1000;
/** Lit text, not a light that is closed again at the end of a row because its text begins in the next. */
const currentLight = /\u001b\[1;4;7m[^\u001b]/;

/** Runs something that takes time. What it says of its progress, a share or words, stands behind its name. */
export type Job = (name: string, work: (progress: Progress) => Promise<void>) => void;
export type Progress = (done: number | string) => void;

type Dependencies = {
	readonly buffer: LineBuffer;
	readonly feed: Feed;
	readonly viewport: Viewport;
	readonly matches: Matches;
	readonly frames: Frames;
	/** Only for a single source: the places of several can't be put in order. */
	readonly fileSearch: FileSearch | undefined;
	readonly job: Job;
	readonly older: () => Pick<ReadOptions, 'since' | 'accept' | 'scanBytes'>;
	readonly newer: () => Pick<ReadOptions, 'accept' | 'scanBytes'>;
	readonly onOlder: (lines: number) => void;
};

export type Navigation = {
	scrollBy(rows: number): void;
	older(): void;
	/** Load what the screen shows or is about to show and memory has not. */
	fill(): void;
	nextMatch(step: 1 | -1): void;
};

/** Moving about, and loading what lies beyond what is in memory when one comes near its edge. */
export const createNavigation = ({buffer, feed, viewport, matches, frames, fileSearch, job, older, newer, onOlder}: Dependencies): Navigation => {
	let isLoading = false;
	/** Something was wanted while a page was being read: look again when it is there. */
	let isOwed = false;

	const loading = (name: string, work: (progress: Progress) => Promise<void>): void => {
		if (isLoading) {
			isOwed = true;
			return;
		}
		isLoading = true;
		job(name, async progress => {
			try {
				await work(progress);
			} finally {
				isLoading = false;
				if (isOwed) fill();
			}
		});
	};

	/** Pages until the screen has what it shows; with a filter one page may bring few lines or none. */
	const loadOlder = (rows = 0): void => {
		if (!canGoUp()) return;
		const options = older();
		loading(options.accept === undefined ? 'reading' : 'filtering', async progress => {
			let scanned = 0;
			let left = rows;
			while (canGoUp()) {
				const from = feed.edge(0, 'start');
				const lines = await feed.older({...options, limit: pageLines});
				onOlder(lines);
				if (lines > 0 && left > 0) left = -viewport.scrollBy(-left);
				const to = feed.edge(0, 'start');
				scanned += from?.file.inode === to?.file.inode ? (from?.offset ?? 0) - (to?.offset ?? 0) : (from?.offset ?? 0);
				if (!isShortAbove()) return;
				progress(`${Math.round(scanned / 1e6)} MB back`);
			}
		});
	};

	const loadNewer = (rows = 0): void => {
		if (feed.atEnd) return;
		const options = newer();
		loading(options.accept === undefined ? 'reading' : 'filtering', async () => {
			const lines = await feed.newer({...options, limit: pageLines});
			if (rows > 0 && lines > 0) viewport.scrollBy(rows);
		});
	};

	/** While following, loading above must not push the end out of memory. */
	function canGoUp(): boolean {
		return !feed.atStart && (viewport.anchor !== undefined || !buffer.isFull);
	}

	function isShortAbove(): boolean {
		const {shown} = buffer;
		const height = frames.height();
		return viewport.top().sequence - shown.first < height && (viewport.anchor !== undefined || shown.size < height);
	}

	function fill(): void {
		isOwed = false;
		if (isShortAbove()) loadOlder();
		else if (viewport.anchor !== undefined && buffer.shown.end - viewport.top().sequence < frames.height() * 2) loadNewer();
	}

	/** Into the middle of the screen, unless it is on it already; the row of a wrapped line that has the match, too. */
	const reveal = (sequence: number): void => {
		const line = buffer.shown.at(sequence);
		if (line === undefined) return;
		matches.setCurrent(line);
		const {wrap, columns, offset} = frames.settings();
		const start = matches.query?.ranges(plainText(line))[0]?.[0] ?? 0;
		if (!wrap && (start < offset || start > offset + columns - 20)) frames.scrollX(Math.max(0, start - Math.floor(columns / 2)) - offset);
		line.rowsEpoch = -1;
		const row = Math.max(0, frames.rowsOf(line).findIndex(text => currentLight.test(text)));
		const from = viewport.top();
		const seen = viewport.visible();
		const first = seen.findIndex(visible => visible.sequence === sequence);
		viewport.setAnchor(from);
		if (first >= 0 && first + row < seen.length && !(from.sequence === sequence && row < from.row)) return;
		viewport.center({sequence, row});
	};

	const sequenceOfCurrent = (): number | undefined => {
		const {shown} = buffer;
		for (let sequence = shown.first; sequence < shown.end; sequence++) if (shown.at(sequence) === matches.current) return sequence;
		return undefined;
	};

	const findInFiles = (step: 1 | -1): void => {
		const {query} = matches;
		if (query === undefined || fileSearch === undefined) return;
		loading('searching', async progress => {
			const edge = feed.edge(0, step < 0 ? 'start' : 'end');
			const position = await fileSearch.nearest(query, edge, step, progress);
			if (position === undefined) return;
			await feed.loadAround(0, position, pageLines / 2);
			const {shown} = buffer;
			for (let sequence = shown.first; sequence < shown.end; sequence++) {
				const line = shown.at(sequence);
				if (line?.record.offset === position.offset && line.record.file.inode === position.file.inode) return reveal(sequence);
			}
		});
	};

	const walkFiles = (step: 1 | -1): void => {
		const {query} = matches;
		loading('searching', async () => {
			// Another query, or none, is how one stops it.
			while (matches.query === query) {
				const edge = step < 0 ? buffer.shown.first : buffer.shown.end;
				viewport.setAnchor(viewport.top());
				const lines = await (step < 0 ? feed.older({...older(), limit: pageLines}) : feed.newer({...newer(), limit: pageLines}));
				const found = matches.find(buffer.shown, step < 0 ? edge - 1 : edge, step);
				if (found !== undefined) return reveal(found);
				if (lines === 0 || (step < 0 ? feed.atStart : feed.atEnd)) return;
			}
		});
	};

	return {
		scrollBy(rows) {
			// At the end there is nothing below to scroll to, and going on following is what is wanted.
			if (rows > 0 && viewport.anchor === undefined) return;
			const left = viewport.scrollBy(rows);
			if (left < 0) loadOlder(-left);
			else if (left > 0) loadNewer(left);
			fill();
		},
		older: () => loadOlder(),
		fill,
		nextMatch(step) {
			const {shown} = buffer;
			if (matches.query === undefined) return;
			const current = sequenceOfCurrent();
			const seen = viewport.visible();
			// Without a current match the search begins at the screen: at its bottom upwards, at its top downwards.
			const from = current === undefined ? ((step < 0 ? seen.at(-1) : seen[0])?.sequence ?? shown.first) : current + step;
			const found = matches.find(shown, from, step);
			if (found !== undefined) return reveal(found);
			if (step < 0 ? !feed.atStart : !feed.atEnd) {
				if (fileSearch === undefined) walkFiles(step);
				else findInFiles(step);
				return;
			}
			const around = matches.find(shown, step < 0 ? shown.end - 1 : shown.first, step);
			if (around !== undefined) reveal(around);
		},
	};
};

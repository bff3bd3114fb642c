import type {Container} from '../container.ts';
import {type Status, statusOf} from '../status.ts';
import type {Usage} from '../usage.ts';

/** How many containers stand, as one: the worst of them gives the word, and only where all agree it is theirs. */
export type Standing = Pick<Status, 'word' | 'glyph' | 'tone'> & {readonly running: number};

const ranks: Readonly<Record<Status['tone'], number>> = {bad: 0, warning: 1, muted: 2, good: 3};

/** `wanted`: how many there should be, as far as anybody says; undefined: as many as there are. */
export const standingOf = (containers: readonly Container[], wanted: number | undefined): Standing => {
	const statuses = containers.map(statusOf);
	const running = statuses.filter(({isUp}) => isUp).length;
	const [worst] = statuses.toSorted((a, b) => ranks[a.tone] - ranks[b.tone]);
	if (worst === undefined) return {word: 'not up', glyph: '·', tone: 'muted', running};
	const isShort = running < (wanted ?? containers.length);
	if (worst.tone === 'good' && !isShort) {
		// Healthy is said of all or of none: one that nobody checks only runs.
		const word = statuses.every((status) => status.word === worst.word) ? worst.word : 'running';
		return {word, glyph: worst.glyph, tone: 'good', running};
	}
	if (statuses.every((status) => status.word === worst.word) && !(isShort && worst.tone === 'good')) return {word: worst.word, glyph: worst.glyph, tone: worst.tone, running};
	if (worst.tone === 'bad' && worst.isUp) return {word: worst.word, glyph: worst.glyph, tone: 'bad', running};
	if (running === 0) return {word: 'stopped', glyph: '○', tone: worst.tone, running};
	return {word: worst.isUp && worst.tone !== 'good' ? worst.word : 'partly up', glyph: '◐', tone: 'warning', running};
};

/** What several containers use together; undefined when nothing is known of any. */
export const usageOf = (usages: ReadonlyArray<Usage | undefined>): {readonly cpuPercent: number | undefined; readonly memoryBytes: number} | undefined => {
	const known = usages.filter((usage) => usage !== undefined);
	if (known.length === 0) return undefined;
	const cpus = known.flatMap(({cpuPercent}) => (cpuPercent === undefined ? [] : [cpuPercent]));
	return {cpuPercent: cpus.length === 0 ? undefined : cpus.reduce((sum, one) => sum + one, 0), memoryBytes: known.reduce((sum, {memoryBytes}) => sum + memoryBytes, 0)};
};

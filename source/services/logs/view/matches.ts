import type {LogQuery} from '../../../model/log-query.ts';
import type {LineStore} from './line-store.ts';
import {searchableText, type ViewLine} from './line.ts';

export type Matches = {
	readonly query: LogQuery | undefined;
	readonly current: ViewLine | undefined;
	setQuery(query: LogQuery | undefined): void;
	setCurrent(line: ViewLine | undefined): void;
	isHit(line: ViewLine): boolean;
	/** The nearest line with a match, beginning with `from`; undefined when there is none in that direction. */
	find(store: LineStore, from: number, step: 1 | -1): number | undefined;
	/** How many lines match, and which of them the current one is (from 1; 0 when it is none of them). */
	count(store: LineStore): {readonly total: number; readonly number: number};
};

/** Which lines in memory match. A line is tested once per query; counting them all then costs a flag each. */
export const createMatches = (): Matches => {
	let query: LogQuery | undefined;
	let current: ViewLine | undefined;
	let epoch = 0;

	const isHit = (line: ViewLine): boolean => {
		if (query === undefined) return false;
		if (line.hitEpoch !== epoch) {
			line.hitEpoch = epoch;
			line.isHit = line.kind === 'line' && query.matches(searchableText(line));
		}
		return line.isHit;
	};

	return {
		get query() {
			return query;
		},
		get current() {
			return current;
		},
		setQuery(next) {
			query = next;
			current = undefined;
			epoch++;
		},
		setCurrent(line) {
			current = line;
		},
		isHit,
		find(store, from, step) {
			for (let sequence = from; sequence >= store.first && sequence < store.end; sequence += step) {
				const line = store.at(sequence);
				if (line !== undefined && isHit(line)) return sequence;
			}
			return undefined;
		},
		count(store) {
			let total = 0;
			let number = 0;
			if (query === undefined) return {total, number};
			for (let sequence = store.first; sequence < store.end; sequence++) {
				const line = store.at(sequence);
				if (line === undefined || !isHit(line)) continue;
				total++;
				if (line === current) number = total;
			}
			return {total, number};
		},
	};
};

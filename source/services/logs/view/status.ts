import {plain} from '../../../model/sanitize.ts';
import type {LogWindow} from './types.ts';

export type StatusFacts = {
	readonly following: boolean;
	readonly unseen: number;
	readonly search: {readonly text: string; readonly total: number; readonly number: number; readonly error: string | undefined};
	/** Lines that match in the files, once they were searched. */
	readonly foundInFiles: number | undefined;
	readonly filter: {readonly text: string; readonly error: string | undefined};
	/** What is being done, with a number where there is one. */
	readonly activity: string | undefined;
	readonly dropped: number;
	readonly window: LogWindow;
	readonly ascii: boolean;
};

/** 1 204: a thin group is read faster than a run of digits. */
export const grouped = (count: number): string => String(count).replace(/\B(?=(\d{3})+$)/g, '\u00a0');

const searchText = ({search, foundInFiles}: StatusFacts): string | undefined => {
	if (search.error !== undefined) return `search: ${plain(search.error)}`;
	if (search.text === '') return undefined;
	const inFiles = foundInFiles === undefined || foundInFiles <= search.total ? '' : ` · ${grouped(foundInFiles)} in the files`;
	if (search.total === 0) return `no matches here${inFiles}`;
	return `${search.number === 0 ? '' : `${grouped(search.number)}/`}${grouped(search.total)} ${search.total === 1 ? 'match' : 'matches'}${inFiles}`;
};

const filterText = ({filter}: StatusFacts): string | undefined => {
	if (filter.error !== undefined) return `filter: ${plain(filter.error)}`;
	return filter.text === '' ? undefined : `& ${plain(filter.text)}`;
};

const placeText = ({following, unseen, ascii}: StatusFacts): string => {
	if (following) return ascii ? 'following' : '▼ following';
	return unseen > 0 ? `${grouped(unseen)} new · End re-attaches` : 'End re-attaches';
};

const windowNames: Readonly<Record<LogWindow, string | undefined>> = {tail: undefined, all: undefined, head: 'from the beginning', '1m': 'last minute', '5m': 'last 5 minutes', '15m': 'last 15 minutes', '30m': 'last 30 minutes', '1h': 'last hour'};

/** The one line that says how things stand, the most pressing first. */
export const statusText = (facts: StatusFacts): string => {
	const dropped = facts.dropped > 0 ? `${facts.ascii ? '!' : '⚠'} ${grouped(facts.dropped)} lines dropped` : undefined;
	const parts = [facts.activity, dropped, searchText(facts), filterText(facts), windowNames[facts.window], placeText(facts)].filter(part => part !== undefined);
	return parts.join(facts.ascii ? ' - ' : ' · ');
};

/** Why the screen is empty, and what would fill it. */
export const emptyText = (window: LogWindow, filter: string, isLoading: boolean): readonly string[] => {
	if (isLoading) return ['Reading…'];
	if (filter !== '') return [`No line passes the filter & ${plain(filter)}`];
	const name = windowNames[window];
	return name === undefined || window === 'head' ? ['The log is empty'] : [`No lines in the ${name}`];
};

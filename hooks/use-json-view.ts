import {useMemo, useReducer, useRef} from 'react';
import type {DetailView} from '../source/commands/index.ts';
import {createJsonTree, type JsonTree} from '../source/model/json-tree.ts';
import {useDetailView} from './use-detail-view.ts';

export type JsonView = {readonly tree: JsonTree; readonly top: number; readonly cursor: number; readonly status: string};

type Place = {readonly subject: string; top: number; cursor: number; status: string; searched: string};

const start = (subject: string): Place => ({subject, top: 0, cursor: 0, status: '', searched: ''});

/** A JSON document under the keys: a cursor that folds, a search that unfolds its way to the match. */
export const useJsonView = (subject: string, value: unknown, height: number): JsonView => {
	const [, redraw] = useReducer((count: number) => count + 1, 0);
	const place = useRef<Place>(start(subject));
	// Another subject is another document; a new version of the same keeps its place. While it is drawn, not in an effect: that may run
	// after the first key, and would undo it.
	if (place.current.subject !== subject) place.current = start(subject);
	const tree = useMemo(() => {
		const made = createJsonTree(value ?? {}, 2);
		// A new version of the document is searched for the same, so that n still finds.
		if (place.current.searched !== '') made.search(place.current.searched);
		return made;
	}, [value]);
	const now = useRef({tree, height});
	now.current = {tree, height};
	const view = useMemo((): DetailView => {
		const to = (row: number) => {
			const {tree: document, height: rows} = now.current;
			const at = place.current;
			at.cursor = Math.min(Math.max(row, 0), Math.max(0, document.size - 1));
			if (at.cursor < at.top) at.top = at.cursor;
			if (at.cursor >= at.top + rows) at.top = at.cursor - rows + 1;
			redraw();
		};
		return {
			scrollBy: (rows) => to(place.current.cursor + rows),
			toHome: () => to(0),
			toEnd: () => to(now.current.tree.size - 1),
			pageRows: () => now.current.height,
			toggleFold: () => {
				now.current.tree.toggle(place.current.cursor);
				redraw();
			},
			setFolds: (isOpen) => {
				now.current.tree.unfoldTo(isOpen ? Number.POSITIVE_INFINITY : 1);
				to(isOpen ? place.current.cursor : 0);
			},
			search: (text) => {
				const {matches, capped, error} = now.current.tree.search(text);
				place.current.searched = text;
				place.current.status = error ?? (text === '' ? '' : `${matches}${capped ? '+' : ''} ${matches === 1 ? 'match' : 'matches'}`);
				const found = matches > 0 ? now.current.tree.nextMatch(place.current.cursor - 1) : undefined;
				if (found === undefined) redraw();
				else to(found.row);
			},
			nextMatch: (step) => {
				const found = now.current.tree.nextMatch(place.current.cursor, step < 0);
				if (found !== undefined) to(found.row);
			},
		};
	}, []);
	useDetailView(view);
	const {top, cursor, status} = place.current;
	const most = Math.max(0, tree.size - height);
	return {tree, top: Math.min(top, most), cursor: Math.min(cursor, tree.size - 1), status};
};

import {useMemo, useReducer, useRef} from 'react';
import type {DetailView} from '../source/commands/index.ts';
import {plain} from '../source/model/sanitize.ts';
import {bytes} from '../source/model/units.ts';
import {useDetailView} from './use-detail-view.ts';
import type {ImageFiles} from './use-layers.ts';

export type FilesView = {readonly top: number; readonly cursor: number; readonly status: string};

/** What can be shown: the files of an image, or of anything else that is one layer. */
type Files = Pick<ImageFiles, 'tree' | 'stack' | 'waste'>;

type Place = {readonly subject: string; top: number; cursor: number; status: string};

const start = (subject: string): Place => ({subject, top: 0, cursor: 0, status: ''});

/** For the dialog that `w` opens. */
const wasteLines = ({waste, stack}: Files): readonly string[] => [
	`${bytes(waste.wastedBytes)} of ${bytes(waste.totalBytes)} in ${stack.layers.length} layers is removed or overwritten by a later one.`,
	`Efficiency ${Math.round(waste.efficiency * 1000) / 10}%: what is to be seen in the end, by what the layers carry.`,
	...(waste.paths.length === 0 ? [] : ['', '  WASTED  TIMES  PATH']),
	...waste.paths.map((each) => `${bytes(each.bytes).padStart(8)}  ${String(each.times).padStart(5)}  /${plain(each.path)}`),
];

/** The files of an image under the keys: a cursor that folds and searches, and that stays on its path when the layer changes. */
export const useFilesView = (subject: string, files: Files | undefined, height: number): FilesView => {
	const [, redraw] = useReducer((count: number) => count + 1, 0);
	const place = useRef<Place>(start(subject));
	const now = useRef({files, height});
	now.current = {files, height};
	// While it is drawn, not in an effect: that may run after the first key, and would undo it.
	if (place.current.subject !== subject) place.current = start(subject);
	const view = useMemo((): DetailView => {
		const to = (row: number) => {
			const at = place.current;
			const rows = now.current.height;
			at.cursor = Math.min(Math.max(row, 0), Math.max(0, (now.current.files?.tree.size ?? 1) - 1));
			if (at.cursor < at.top) at.top = at.cursor;
			if (at.cursor >= at.top + rows) at.top = Math.max(0, at.cursor - rows + 1);
			redraw();
		};
		/** Changes the tree and stays where the reader was. */
		const keeping = (change: (tree: ImageFiles['tree']) => void) => {
			const tree = now.current.files?.tree;
			if (tree === undefined) return;
			const path = tree.pathAt(place.current.cursor) ?? '';
			change(tree);
			to(tree.rowOf(path));
		};
		return {
			scrollBy: (rows) => to(place.current.cursor + rows),
			toHome: () => to(0),
			toEnd: () => to(Number.POSITIVE_INFINITY),
			pageRows: () => now.current.height,
			toggleFold: () => keeping((tree) => tree.toggle(place.current.cursor)),
			setFolds: (isOpen) => keeping((tree) => tree.setFolds(isOpen)),
			search: (text) => {
				const tree = now.current.files?.tree;
				if (tree === undefined) return;
				const {matches, error} = tree.search(text);
				place.current.status = error ?? (text === '' ? '' : `${matches} ${matches === 1 ? 'match' : 'matches'}`);
				const found = tree.nextMatch(place.current.cursor - 1);
				if (found === undefined) redraw();
				else to(found.row);
			},
			nextMatch: (step) => {
				const found = now.current.files?.tree.nextMatch(place.current.cursor, step < 0);
				if (found !== undefined) to(found.row);
			},
			files: {
				stepLayer: (by) => keeping((tree) => tree.setLayer(tree.layer + by)),
				toggle: (what) =>
					keeping((tree) => {
						if (what === 'scope') tree.setScope(tree.scope === 'layer' ? 'aggregate' : 'layer');
						else if (what === 'changes') tree.setOnlyChanges(!tree.onlyChanges);
						else tree.setSort(tree.sort === 'name' ? 'size' : 'name');
					}),
				wasteLines: () => (now.current.files === undefined ? undefined : wasteLines(now.current.files)),
			},
		};
	}, []);
	useDetailView(view);
	const size = files?.tree.size ?? 0;
	const {top, cursor, status} = place.current;
	return {top: Math.min(top, Math.max(0, size - height)), cursor: Math.min(cursor, Math.max(0, size - 1)), status};
};

import type {SourceRange} from './build.ts';
import type {BuildDetail} from './build-run.ts';

export type SourceNote = {readonly kind: 'error' | 'warning'; readonly text: string};

/** A line of a Dockerfile with what the build had to say of it. */
export type NotedLine = {readonly number: number; readonly text: string; readonly notes: readonly SourceNote[]; readonly isMeant: boolean};

export type NotedSource = {readonly file: string; readonly lines: readonly NotedLine[]; /** Of no line. */ readonly others: readonly SourceNote[]};

type Place = {readonly file: string; readonly text: string; readonly ranges: readonly SourceRange[]; readonly note: SourceNote};

const linesOf = (text: string): readonly string[] => (text === '' ? [] : text.replace(/\r?\n$/, '').split(/\r?\n/));

/**
The Dockerfile as BuildKit read it, with errors and warnings below the last line that each is about. `kept` is what the build began with, for when BuildKit
says no source at all. Undefined: nobody has kept one.
*/
export const notedSource = ({trouble, state, source}: Pick<BuildDetail, 'trouble' | 'state' | 'source'>, failure: string | undefined): NotedSource | undefined => {
	const error: SourceNote | undefined = failure === undefined ? undefined : {kind: 'error', text: failure};
	const places: readonly Place[] = [
		...(trouble?.sources.at(-1) === undefined || error === undefined ? [] : [{...(trouble.sources.at(-1) as NonNullable<typeof trouble>['sources'][number]), note: error}]),
		...state.warnings.flatMap(({source: place, short}) => (place === undefined ? [] : [{...place, note: {kind: 'warning' as const, text: short}}])),
	];
	const told = places.find(({text}) => text !== '');
	const shown = told ?? source;
	if (shown === undefined) return undefined;
	const here = places.filter(({text}) => text === '' || text === shown.text);
	const lines = linesOf(shown.text).map((text, at): NotedLine => {
		const number = at + 1;
		return {
			...{number, text},
			notes: here.filter(({ranges}) => Math.max(0, ...ranges.map(({last}) => last)) === number).map(({note}) => note),
			isMeant: here.some(({ranges}) => ranges.some(({first, last}) => first <= number && number <= last)),
		};
	});
	const placed = new Set(lines.flatMap(({notes}) => notes));
	const unplaced = [...(error === undefined ? [] : [error]), ...state.warnings.map(({short}): SourceNote => ({kind: 'warning', text: short}))];
	const isPlaced = (note: SourceNote) => [...placed].some(({kind, text}) => kind === note.kind && text === note.text);
	return {file: shown.file, lines, others: unplaced.filter((note) => !isPlaced(note))};
};

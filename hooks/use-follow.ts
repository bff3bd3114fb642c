import {useEffect, useMemo, useRef, useState} from 'react';
import type {DetailView} from '../source/commands/index.ts';
import {useDetailView} from './use-detail-view.ts';

export type Follow = {readonly offset: number; readonly x: number; readonly isFollowing: boolean};

/** A window of `height` on `size` lines that stays at the end until it is scrolled up, and again when it comes back there. Another `subject` begins at its end. */
export const useFollow = (subject: string, size: number, height: number): Follow => {
	const [place, setPlace] = useState<{readonly subject: string; readonly offset: number | undefined; readonly x: number}>({subject, offset: undefined, x: 0});
	const bounds = useRef({most: 0, height});
	bounds.current = {most: Math.max(0, size - height), height};
	const view = useMemo((): DetailView => {
		const to = (next: (offset: number) => number) =>
			setPlace((before) => {
				const {most} = bounds.current;
				const offset = Math.max(0, next(Math.min(before.offset ?? most, most)));
				return {...before, offset: offset >= most ? undefined : offset};
			});
		return {
			scrollBy: (rows) => to((offset) => offset + rows),
			scrollX: (cells) => setPlace((before) => ({...before, x: Math.max(0, before.x + cells)})),
			toHome: () => to(() => 0),
			toEnd: () => to(() => Number.POSITIVE_INFINITY),
			pageRows: () => bounds.current.height,
		};
	}, []);
	useDetailView(view);
	useEffect(() => setPlace({subject, offset: undefined, x: 0}), [subject]);
	const {most} = bounds.current;
	const isMine = place.subject === subject;
	return {offset: isMine ? Math.min(place.offset ?? most, most) : most, x: isMine ? place.x : 0, isFollowing: !isMine || place.offset === undefined};
};

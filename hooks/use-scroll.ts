import {useEffect, useMemo, useRef, useState} from 'react';
import type {DetailView} from '../source/commands/index.ts';
import {useDetailView} from './use-detail-view.ts';

export type Scroll = {readonly offset: number; readonly x: number};

/** A window of `height` rows on `size` rows, moved by the detail's scroll commands; another `subject` starts at the top. */
export const useScroll = (subject: string, size: number, height: number): Scroll => {
	const [place, setPlace] = useState({subject, offset: 0, x: 0});
	const bounds = useRef({most: 0, height});
	bounds.current = {most: Math.max(0, size - height), height};
	const view = useMemo((): DetailView => {
		const to = (next: (offset: number) => number) =>
			setPlace((before) => ({...before, offset: Math.min(Math.max(next(Math.min(before.offset, bounds.current.most)), 0), bounds.current.most)}));
		return {
			scrollBy: (rows) => to((offset) => offset + rows),
			scrollX: (cells) => setPlace((before) => ({...before, x: Math.max(0, before.x + cells)})),
			toHome: () => to(() => 0),
			toEnd: () => to(() => bounds.current.most),
			pageRows: () => bounds.current.height,
		};
	}, []);
	useDetailView(view);
	useEffect(() => setPlace({subject, offset: 0, x: 0}), [subject]);
	return place.subject === subject ? {offset: Math.min(place.offset, bounds.current.most), x: place.x} : {offset: 0, x: 0};
};

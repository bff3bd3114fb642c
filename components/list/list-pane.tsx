import {memo} from 'react';
import type {Usage} from '../../source/model/usage.ts';
import type {PaneId} from '../../hooks/types.ts';
import {useCount, useList, useWindow} from '../../hooks/use-list.ts';
import {useProjectWatch} from '../../hooks/use-project.ts';
import {useSampling} from '../../hooks/use-sampling.ts';
import {useSelect} from '../../hooks/use-select.ts';
import {Lines} from '../kit/lines.tsx';
import {useTheme} from '../kit/theme-context.ts';
import {hasHeading, type ListPicture, listLines, spaceOf} from './list-lines.ts';

export type ListPaneProps = Pick<ListPicture, 'pane' | 'number' | 'title' | 'width' | 'height' | 'isCurrent' | 'hasFocus'>;

/** Of projects only the list that has the width for columns of numbers. */
const showsUsage = (pane: PaneId, width: number): boolean => pane === 'containers' || pane === 'stats' || (pane === 'projects' && hasHeading(pane, width, 24));

const nothing: ReadonlyMap<string, Usage> = new Map();

/** A live list: reads what it shows, and keeps its window on the selection. */
export const ListPane = memo((props: ListPaneProps) => {
	const {pane, width, height, isCurrent} = props;
	const theme = useTheme();
	const list = useList(pane);
	const usage = useSelect((state) => (showsUsage(pane, width) ? state.usage : nothing));
	const pending = useSelect((state) => state.pending);
	const minute = useSelect((state) => state.minute);
	const isAll = useSelect((state) => state.scope.kind === 'all');
	const snapshotter = useSelect((state) => state.snapshotter);
	const count = useCount(pane);
	useSampling(pane === 'stats' ? 'all' : pane === 'containers' || (pane === 'projects' && isCurrent) ? 'none' : undefined);
	useProjectWatch(pane === 'projects' && isCurrent);
	const top = useWindow(pane, list.index, list.rows.length, spaceOf(pane, width, height), isCurrent);
	return <Lines lines={listLines({...props, ...list, top, count, around: {usage, pending, minute, isAll, snapshotter, theme}})} width={width} />;
});
ListPane.displayName = 'ListPane';

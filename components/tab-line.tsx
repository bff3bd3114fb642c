import {memo} from 'react';
import {fit, truncate} from '../source/model/cells.ts';
import {stack} from '../source/commands/index.ts';
import type {PaneId} from '../hooks/types.ts';
import {Lines} from './kit/lines.tsx';
import {useTheme} from './kit/theme-context.ts';

type Tab = {readonly text: string; readonly isCurrent: boolean};

/** What is said of the others, the shorter the less room there is; the current one is always said whole. The longest titles give way first. */
const shorter: ReadonlyArray<(title: string, count: number) => string> = [
	(title, count) => `${title} ${count}`,
	(title) => title,
	...[10, 8, 6, 4, 2].map((cells) => (title: string) => truncate(title, cells)),
];

const isHome = (id: PaneId, pane: PaneId): boolean => id === pane || (id === 'snapshotters' && pane === 'snapshots') || (id === 'containers' && pane === 'stats');

/** The panes by number, as much of each as fits: all of them can be seen on eighty columns. */
export const paneTabs = (pane: PaneId, counts: readonly number[], width: number): readonly Tab[] => {
	const ways = shorter.map((say) =>
		stack.map(({id, title}, index): Tab => {
			const isCurrent = isHome(id, pane);
			return {text: `${index + 1} ${(isCurrent ? shorter[0] : say)?.(title, counts[index] ?? 0) ?? title}`, isCurrent};
		}),
	);
	return ways.find((tabs) => tabs.reduce((sum, {text}) => sum + text.length + 3, 0) <= width) ?? ways.at(-1) ?? [];
};

/** The side stack as one line, for terminals that have no room for it. */
export const TabLine = memo(({pane, counts, width}: {readonly pane: PaneId; readonly counts: readonly number[]; readonly width: number}) => {
	const theme = useTheme();
	const cells = paneTabs(pane, counts, width).map(({text, isCurrent}) => (isCurrent ? theme.paint('strong', theme.paint('accent', `[${text}]`)) : theme.paint('muted', ` ${text} `)));
	return <Lines lines={[fit(` ${cells.join(' ')}`, width)]} width={width} />;
});
TabLine.displayName = 'TabLine';

import {memo} from 'react';
import {fit} from '../source/model/cells.ts';
import {stack} from '../source/commands/index.ts';
import type {PaneId} from '../hooks/types.ts';
import {Lines} from './kit/lines.tsx';
import {useTheme} from './kit/theme-context.ts';

/** The side stack as one line, for terminals that have no room for it. */
export const TabLine = memo(({pane, counts, width}: {readonly pane: PaneId; readonly counts: readonly number[]; readonly width: number}) => {
	const theme = useTheme();
	const cells = stack.map(({id, title}, index) => {
		const isCurrent = id === pane || (id === 'snapshotters' && pane === 'snapshots') || (id === 'containers' && pane === 'stats');
		const text = `${index + 1} ${title} ${counts[index] ?? 0}`;
		return isCurrent ? theme.paint('strong', theme.paint('accent', `[${text}]`)) : theme.paint('muted', ` ${text} `);
	});
	return <Lines lines={[fit(` ${cells.join(' ')}`, width)]} width={width} />;
});
TabLine.displayName = 'TabLine';

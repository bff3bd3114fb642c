import {Box} from 'ink';
import {stack} from '../source/commands/index.ts';
import type {PaneId} from '../hooks/types.ts';
import {useKeyboard} from '../hooks/use-keyboard.ts';
import {useRunningJobs} from '../hooks/use-jobs.ts';
import {useCount, useRowCount} from '../hooks/use-list.ts';
import {type Region, usePaneMouse} from '../hooks/use-pane-mouse.ts';
import {useScreenSize} from '../hooks/use-screen-size.ts';
import {useSelect} from '../hooks/use-select.ts';
import {Detail} from './detail/detail.tsx';
import {Footer} from './footer.tsx';
import {Header} from './header.tsx';
import {type Layout, layoutOf} from './layout.ts';
import {hasHeading} from './list/list-lines.ts';
import {ListPane} from './list/list-pane.tsx';
import {Overlays} from './overlays/overlays.tsx';
import {JobStrip} from './jobs/job-strip.tsx';
import {inStack, numberOf, titles} from './panes.ts';
import {TabLine} from './tab-line.tsx';

/** Rows of a list start below its border, and below its heading where it has one. */
const firstRow = (pane: PaneId, width: number, height: number): number => 1 + Number(hasHeading(pane, width, height));

const regionsOf = (layout: Layout, current: PaneId): readonly Region[] => {
	const top = Number(layout.hasHeader) + Number(layout.hasTabLine);
	if (layout.stack.length > 0) {
		let y = top;
		const lists = layout.stack.map(({pane, height}): Region => {
			const shown = inStack(pane, current);
			const width = layout.list?.width ?? 0;
			const region: Region = {left: 0, top: y, width, height, target: {kind: 'list', pane: shown, firstRow: firstRow(shown, width, height)}};
			y += height;
			return region;
		});
		return [...lists, {left: layout.list?.width ?? 0, top, width: layout.detail?.width ?? 0, height: layout.detail?.height ?? 0, target: {kind: 'detail'}}];
	}
	const {list, detail} = layout;
	return [
		...(list === undefined ? [] : [{left: 0, top, ...list, target: {kind: 'list', pane: current, firstRow: firstRow(current, list.width, list.height)}} satisfies Region]),
		...(detail === undefined ? [] : [{left: 0, top: top + (list?.height ?? 0), ...detail, target: {kind: 'detail'}} satisfies Region]),
	];
};

/** Places the parts; draws nothing itself. */
export const App = () => {
	const {columns, rows} = useScreenSize();
	const pane = useSelect((state) => state.view.pane);
	const focus = useSelect((state) => state.view.focus);
	const zoom = useSelect((state) => state.view.zoom);
	const counts = [useRowCount('containers'), useRowCount('images'), useRowCount('projects'), useRowCount(inStack('snapshotters', pane)), useRowCount('networks'), useRowCount('volumes'), useRowCount('builds')];
	const things = [useCount('containers'), useCount('images'), useCount('projects'), useCount('snapshotters'), useCount('networks'), useCount('volumes'), useCount('builds')];
	const hasJobs = useRunningJobs() > 0;
	const layout = layoutOf({hasJobs, columns, rows, view: {pane, focus, zoom}, wanted: stack.map(({id}, index) => ({pane: id, rows: counts[index] ?? 0}))});
	useKeyboard(usePaneMouse(regionsOf(layout, pane)));

	const lists =
		layout.stack.length > 0
			? layout.stack.map(({pane: place, height}) => {
					const shown = inStack(place, pane);
					return (
						<ListPane
							key={place}
							pane={shown}
							number={numberOf(place)}
							title={titles[shown]}
							width={layout.list?.width ?? columns}
							height={height}
							isCurrent={shown === pane}
							hasFocus={focus === 'list'}
						/>
					);
				})
			: layout.list !== undefined && <ListPane pane={pane} number={numberOf(pane)} title={titles[pane]} {...layout.list} isCurrent hasFocus={focus === 'list'} />;

	return (
		<Box flexDirection="column" width={columns} height={rows} overflow="hidden">
			{layout.hasHeader && <Header width={columns} />}
			{layout.hasTabLine && <TabLine pane={pane} counts={things} width={columns} />}
			<Box flexDirection={layout.kind === 'wide' ? 'row' : 'column'} flexGrow={1} flexShrink={0}>
				<Box flexDirection="column" flexShrink={0}>
					{lists}
				</Box>
				{layout.detail !== undefined && <Detail pane={pane} {...layout.detail} hasFocus={focus === 'detail'} />}
			</Box>
			{layout.hasJobLine && <JobStrip width={columns} />}
			{layout.hasFooter && <Footer width={columns} />}
			<Overlays columns={columns} rows={rows} />
		</Box>
	);
};

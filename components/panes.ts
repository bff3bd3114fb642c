import {stack} from '../source/commands/index.ts';
import type {PaneId} from '../hooks/types.ts';

export const titles: Readonly<Record<PaneId, string>> = {
	containers: 'Containers',
	images: 'Images',
	projects: 'Compose',
	snapshotters: 'Snapshotters',
	snapshots: 'Snapshots',
	networks: 'Networks',
	volumes: 'Volumes',
	builds: 'Builds',
	stats: 'Stats',
};

/** The pane that stands in a place of the stack: a drilled-in pane stands where it was entered. */
export const inStack = (place: PaneId, current: PaneId): PaneId => (place === 'snapshotters' && current === 'snapshots' ? 'snapshots' : place);

/** The number key that jumps to it. */
export const numberOf = (pane: PaneId): number | undefined => {
	const index = stack.findIndex(({id}) => id === pane);
	return index < 0 ? undefined : index + 1;
};

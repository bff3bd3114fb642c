import type {BuildRun} from '../../model/build-run.ts';
import type {Container} from '../../model/container.ts';
import type {Drift, ServiceDrift} from '../../model/compose/drift.ts';
import type {ProjectFile, ProjectSource} from '../../model/compose/project-source.ts';
import type {Group, Project} from '../../model/grouping.ts';
import type {Image, ImageSummary} from '../../model/image.ts';
import type {Network} from '../../model/network.ts';
import type {Snapshot} from '../../model/snapshot.ts';
import type {Volume} from '../../model/volume.ts';
import type {SnapshotterEntry} from '../state.ts';
import type {PaneView} from '../view.ts';

/** What one line of a list stands for. Cells are made from it by the columns of the pane; keys and marks hold on to `key`. */
export type Row = GroupRow | ContainerRow | ImageRow | ProjectRow | ServiceRow | SnapshotterRow | SnapshotRow | NetworkRow | VolumeRow | BuildRow;

type Line = {readonly key: string; readonly depth: number; readonly namespace: string};

export type GroupRow = Line & {
	readonly kind: 'group';
	readonly group: Group;
	readonly folded: boolean;
	readonly members: readonly Container[];
	readonly running: number;
};

export type ContainerRow = Line & {readonly kind: 'container'; readonly container: Container};

/** Names that share a digest are one row: they are one set of bytes. */
export type ImageRow = Line & {
	readonly kind: 'image';
	readonly images: readonly [Image, ...Image[]];
	readonly digest: string;
	readonly summary: ImageSummary | undefined;
	readonly usedBy: number;
	/** What one of its names leads to at the registry: `newer` is another digest than this. Undefined: nobody has looked. */
	readonly update: {readonly is: 'newer' | 'same'; readonly digest: string; readonly checkedAt: number} | undefined;
};

export type ProjectRow = Line & {
	readonly kind: 'project';
	readonly project: Project;
	/** Undefined: nobody knows where it is written down. */
	readonly source: ProjectSource | undefined;
	/** Undefined: not looked at yet. */
	readonly drift: Drift | undefined;
	/** How it was found by files; undefined for one that only its containers tell of. */
	readonly file: ProjectFile | undefined;
	/** Undefined where no services are listed below: in the stack beside another pane. */
	readonly folded: boolean | undefined;
};

export type ServiceRow = Line & {
	readonly kind: 'service';
	readonly service: Project['services'][number];
	readonly project: ProjectRow;
	/** Undefined: not looked at yet, or not in the project's files. */
	readonly drift: ServiceDrift | undefined;
};

export type SnapshotterRow = Line & {readonly kind: 'snapshotter'; readonly entry: SnapshotterEntry};

export type SnapshotRow = Line & {
	readonly kind: 'snapshot';
	readonly snapshot: Snapshot;
	/** The lines that draw the tree, e.g. `│ └ `. */
	readonly guide: string;
	readonly children: number;
	/** Display name of the container that writes to it. */
	readonly usedBy: string | undefined;
};

export type NetworkRow = Line & {
	readonly kind: 'network';
	readonly network: Network;
	/** Those whose label names it, whether they run or not. */
	readonly members: readonly Container[];
};

export type VolumeRow = Line & {
	readonly kind: 'volume';
	readonly volume: Volume;
	/** Undefined: nobody has counted. */
	readonly sizeBytes: number | undefined;
	/** Display names of the containers that mount it. */
	readonly usedBy: readonly string[];
};

export type BuildRow = Line & {readonly kind: 'build'; readonly run: BuildRun};

/** The part of a pane's view that decides which rows there are: not where the cursor is, which moves with every key. */
export type Listing = Pick<PaneView, 'filter' | 'sort' | 'folded'>;

/** Remembers the last answer for the last arguments: selectors must answer the same object while nothing they read has changed. */
export const remember = <Arguments extends readonly unknown[], Answer>(compute: (...given: Arguments) => Answer): ((...given: Arguments) => Answer) => {
	let last: {readonly given: Arguments; readonly answer: Answer} | undefined;
	return (...given) => {
		if (last?.given.every((value, index) => Object.is(value, given[index])) === true) return last.answer;
		const answer = compute(...given);
		last = {given, answer};
		return answer;
	};
};

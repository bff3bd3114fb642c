import type {Drift} from '../model/compose/drift.ts';
import type {ProjectFile} from '../model/compose/project-source.ts';
import type {BuildRun} from '../model/build-run.ts';
import type {Container, ContainerRef, Task} from '../model/container.ts';
import type {DaemonEvent} from '../model/event.ts';
import type {Image, ImageSummary, RemoteImage} from '../model/image.ts';
import type {Namespace} from '../model/namespace.ts';
import type {Network} from '../model/network.ts';
import type {Snapshot} from '../model/snapshot.ts';
import type {Usage} from '../model/usage.ts';
import type {Volume} from '../model/volume.ts';
import type {Buildkit, Connection, HostChoice, Machine, Notice, Scope, SnapshotterEntry} from './state.ts';
import type {Overlay, PaneId, PaneView, View} from './view.ts';

/** Everything that can happen to what we know. Past tense: an event is a fact, not a wish. */
export type StoreEvent =
	| {readonly type: 'connection-changed'; readonly connection: Connection}
	| {readonly type: 'hosts-found'; readonly hosts: readonly HostChoice[]}
	| {readonly type: 'host-changed'; readonly address: string}
	| {readonly type: 'namespaces-listed'; readonly namespaces: readonly Namespace[]}
	| {readonly type: 'scope-changed'; readonly scope: Scope}
	| {readonly type: 'containers-listed'; readonly containers: readonly Container[]}
	| {readonly type: 'containers-arrived'; readonly containers: readonly Container[]}
	| {readonly type: 'container-gone'; readonly key: string}
	| {readonly type: 'task-changed'; readonly ref: ContainerRef; readonly task: Task | undefined}
	| {readonly type: 'images-listed'; readonly images: readonly Image[]}
	| {readonly type: 'image-summarized'; readonly digest: string; readonly summary: ImageSummary}
	| {readonly type: 'remote-image-seen'; readonly key: string; readonly remote: RemoteImage}
	| {readonly type: 'snapshotters-listed'; readonly snapshotters: readonly SnapshotterEntry[]}
	| {readonly type: 'snapshotter-counted'; readonly name: string; readonly totals: {readonly count: number; readonly sizeBytes: number}}
	| {readonly type: 'snapshots-listed'; readonly snapshots: readonly Snapshot[]}
	| {readonly type: 'networks-listed'; readonly networks: readonly Network[]}
	| {readonly type: 'volumes-listed'; readonly volumes: readonly Volume[]}
	| {readonly type: 'volume-measured'; readonly key: string; readonly sizeBytes: number}
	| {readonly type: 'project-files-found'; readonly files: readonly ProjectFile[]}
	| {readonly type: 'project-drift-seen'; readonly key: string; readonly drift: Drift}
	| {readonly type: 'builds-listed'; readonly builds: readonly BuildRun[]}
	| {readonly type: 'buildkit-sought'; readonly buildkit: Buildkit}
	| {readonly type: 'list-failed'; readonly list: 'containers' | 'images' | 'snapshotters' | 'snapshots' | 'networks' | 'volumes'; readonly reason: string}
	| {readonly type: 'usage-sampled'; readonly usage: ReadonlyMap<string, Usage>}
	| {readonly type: 'machine-sampled'; readonly machine: Machine}
	| {readonly type: 'events-heard'; readonly events: readonly DaemonEvent[]}
	| {readonly type: 'pending-changed'; readonly key: string; readonly verb: string | undefined}
	| {readonly type: 'notice-given'; readonly notice: Notice}
	| {readonly type: 'notice-dismissed'; readonly id: number}
	| {readonly type: 'minute-passed'; readonly at: number}
	| {readonly type: 'view-changed'; readonly change: Partial<Omit<View, 'panes' | 'tabs' | 'overlays'>>}
	| {readonly type: 'pane-changed'; readonly pane: PaneId; readonly change: Partial<PaneView>}
	| {readonly type: 'tab-changed'; readonly pane: PaneId; readonly tab: string}
	| {readonly type: 'overlay-opened'; readonly overlay: Overlay}
	| {readonly type: 'overlay-changed'; readonly overlay: Overlay}
	| {readonly type: 'overlay-closed'; readonly id: number};

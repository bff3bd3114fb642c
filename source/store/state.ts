import type {Drift} from '../model/compose/drift.ts';
import type {ProjectFile} from '../model/compose/project-source.ts';
import type {BuildRun} from '../model/build-run.ts';
import type {Container} from '../model/container.ts';
import type {DaemonEvent} from '../model/event.ts';
import type {Image, ImageSummary, RemoteImage} from '../model/image.ts';
import type {Namespace} from '../model/namespace.ts';
import type {Network} from '../model/network.ts';
import type {Snapshot, Snapshotter} from '../model/snapshot.ts';
import type {Usage} from '../model/usage.ts';
import type {Volume} from '../model/volume.ts';
import type {View} from './view.ts';

/**
Where we stand with the daemon.

- `connecting`: nothing has been heard yet; lists are empty because we do not know, not because there is nothing.
- `live`: subscribed to events and listed once; what is shown is true up to a turn of the event loop.
- `lost`: it was live and went away. Lists are kept and shown as stale while we retry.
- `failed`: never reached. Same retry, but there is nothing to show.
*/
export type Connection =
	| {readonly status: 'connecting'}
	| {readonly status: 'live'; readonly version: string}
	| {readonly status: 'lost' | 'failed'; readonly reason: string; readonly attempt: number};

/** Data and freshness are separate facts: losing the daemon makes a list stale, not empty. */
export type Known<T> = {
	readonly items: ReadonlyMap<string, T>;
	readonly freshness: 'loading' | 'live' | 'stale';
	readonly failure: string | undefined;
};

export const unknownYet: Known<never> = {items: new Map<string, never>(), freshness: 'loading', failure: undefined};

export type Scope = {readonly kind: 'one'; readonly namespace: string} | {readonly kind: 'all'};

/** A snapshotter with what its snapshots add up to; undefined until counted (it costs a call per snapshot). */
export type SnapshotterEntry = Snapshotter & {readonly totals: {readonly count: number; readonly sizeBytes: number} | undefined};

export type Notice = {readonly id: number; readonly tone: 'info' | 'good' | 'bad'; readonly text: string; readonly at: number};

/** Another daemon that was found on this machine. */
export type HostChoice = {readonly address: string; readonly label: string; readonly isCurrent: boolean};

/** The BuildKit that builds go to. Looked for when builds are looked at. */
export type Buildkit = {readonly status: 'unknown'} | {readonly status: 'there'; readonly address: string} | {readonly status: 'absent'; readonly reason: string};

export type State = {
	readonly address: string;
	readonly hostname: string;
	readonly snapshotter: string;
	readonly readonly: boolean;
	readonly connection: Connection;
	readonly hosts: readonly HostChoice[];
	readonly namespaces: readonly Namespace[];
	readonly scope: Scope;
	readonly containers: Known<Container>;
	readonly images: Known<Image>;
	/** By target digest: content never changes under a digest. */
	readonly imageSummaries: ReadonlyMap<string, ImageSummary>;
	/** By `imageKey`; only of names that were looked for. */
	readonly remoteImages: ReadonlyMap<string, RemoteImage>;
	readonly snapshotters: Known<SnapshotterEntry>;
	/** Of the snapshotter that is drilled into. */
	readonly snapshots: Known<Snapshot>;
	readonly networks: Known<Network>;
	readonly volumes: Known<Volume>;
	/** By `volumeKey`, in bytes; of those that were counted. */
	readonly volumeSizes: ReadonlyMap<string, number>;
	/** Compose projects that were found by their files; looked for when the pane is first shown. */
	readonly projectFiles: readonly ProjectFile[];
	/** By the key of the project's row. */
	readonly projectDrifts: ReadonlyMap<string, Drift>;
	/** By their ids: those that we wrote down, and those that the daemon remembers. */
	readonly builds: Known<BuildRun>;
	readonly buildkit: Buildkit;
	readonly usage: ReadonlyMap<string, Usage>;
	/** Sum over all containers, 100 is one core; newest last, for the header. */
	readonly cpuHistory: readonly number[];
	/** The machine's own memory and load, for the header; undefined until sampled. */
	readonly machine: Machine | undefined;
	/** Asked for, not yet answered: key of the row → the verb, e.g. `stopping 7s`. */
	readonly pending: ReadonlyMap<string, string>;
	readonly notices: readonly Notice[];
	/** Notices up to this one are read: they are in the list of messages, but nowhere else. */
	readonly readNotice: number;
	/** The last events heard, oldest first, bounded. */
	readonly events: readonly DaemonEvent[];
	/** Epoch ms, moved once a minute, so that ages are right without a repaint a second. */
	readonly minute: number;
	readonly view: View;
};

export type Machine = {readonly cores: number; readonly memoryUsedBytes: number; readonly memoryTotalBytes: number; readonly diskUsedPercent: number};

export const maxEvents = 500;

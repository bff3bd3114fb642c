import {toTimestamp} from '../../../source/clients/containerd/time.ts';
import type {Container} from '../../../source/protocol/generated/containers.ts';
import type {Info as ContentInfo} from '../../../source/protocol/generated/content.ts';
import type {Image} from '../../../source/protocol/generated/images.ts';
import type {Plugin} from '../../../source/protocol/generated/introspection.ts';
import type {Lease, Resource} from '../../../source/protocol/generated/leases.ts';
import type {Info as SnapshotInfo} from '../../../source/protocol/generated/snapshots.ts';
import type {Process} from '../../../source/protocol/generated/task-types.ts';
import type {Envelope} from '../../../source/protocol/generated/types.ts';
import type {Any, Timestamp} from '../../../source/protocol/generated/well-known.ts';

/** What a fake container's cgroup does; counters grow by these per second from its start. */
export type Usage = {
	/** 1 is one core. */
	readonly cpu: number;
	readonly memoryBytes: number;
	readonly memoryLimitBytes?: number;
	readonly pids: number;
	readonly readBytesPerSecond: number;
	readonly writeBytesPerSecond: number;
};

export type FakeProcess = {
	process: Process;
	/** Signals other than KILL that end it; the rest only reach it. */
	readonly endsOn: readonly number[];
	readonly startedAt: number;
	readonly waiting: Array<() => void>;
};

export type FakeTask = FakeProcess & {
	usage: Usage;
	readonly execs: Map<string, FakeProcess>;
};

export type Upload = {readonly startedAt: Timestamp; bytes: Buffer[]; offset: number; total: number; expected: string; held: boolean};

export type FakeSnapshot = {info: SnapshotInfo; readonly size: number; readonly inodes: number};

/** Everything in one namespace. */
export type Space = {
	labels: Record<string, string>;
	readonly containers: Map<string, Container>;
	readonly tasks: Map<string, FakeTask>;
	readonly images: Map<string, Image>;
	readonly blobs: Map<string, {info: ContentInfo; readonly bytes: Buffer}>;
	readonly uploads: Map<string, Upload>;
	/** By snapshotter, then by key. */
	readonly snapshots: Map<string, Map<string, FakeSnapshot>>;
	readonly leases: Map<string, {readonly lease: Lease; resources: Resource[]}>;
};

export type State = {
	readonly spaces: Map<string, Space>;
	readonly plugins: Plugin[];
	/** Makes the namespace, as containerd does for whoever writes to a new one. */
	space(namespace: string): Space;
	/** For readers: an unknown namespace is empty and stays unknown. */
	peek(namespace: string): Space;
	now(): Timestamp;
	nextPid(): number;
	publish(namespace: string, topic: string, event: Any): void;
	/** Everything published from now on, until aborted. */
	follow(listener: (envelope: Envelope) => void): () => void;
};

const emptySpace = (): Space => ({
	labels: {},
	containers: new Map(),
	tasks: new Map(),
	images: new Map(),
	blobs: new Map(),
	uploads: new Map(),
	snapshots: new Map(),
	leases: new Map(),
});

export const createState = (): State => {
	const spaces = new Map<string, Space>();
	const listeners = new Set<(envelope: Envelope) => void>();
	let pid = 1000;
	const now = (): Timestamp => toTimestamp(Date.now());
	return {
		spaces,
		plugins: [],
		space: namespace => {
			const found = spaces.get(namespace) ?? emptySpace();
			spaces.set(namespace, found);
			return found;
		},
		peek: namespace => spaces.get(namespace) ?? emptySpace(),
		now,
		nextPid: () => (pid += 1),
		publish: (namespace, topic, event) => {
			const envelope = {timestamp: now(), namespace, topic, event};
			for (const listener of listeners) listener(envelope);
		},
		follow: listener => {
			listeners.add(listener);
			return () => listeners.delete(listener);
		},
	};
};

type Encoder<Message> = {encode(message: Message): {finish(): Uint8Array}};

/** An event's payload, as containerd types it. */
export const payload = <Message>(typeUrl: string, encoder: Encoder<Message>, message: Message): Any => ({typeUrl, value: encoder.encode(message).finish()});

/** Apply an update mask the way containerd does: single labels by path, an empty value clears; no mask replaces all labels. */
export const maskedLabels = (
	old: Readonly<Record<string, string>>,
	wanted: Readonly<Record<string, string>>,
	paths: readonly string[] | undefined,
): Record<string, string> => {
	const whole = paths === undefined || paths.length === 0 || paths.includes('labels');
	const merged = {...(whole ? wanted : old)};
	for (const path of paths ?? []) {
		if (path.startsWith('labels.')) merged[path.slice('labels.'.length)] = wanted[path.slice('labels.'.length)] ?? '';
	}

	return Object.fromEntries(Object.entries(merged).filter(([, value]) => value !== ''));
};

import type {Namespace} from '../../model/namespace.ts';

export type NamespaceSignal = {readonly signal?: AbortSignal};

/** What is in a namespace, as `nerdctl namespace ls` counts it, and its snapshots over all healthy snapshotters. */
export type NamespaceDetails = {
	readonly namespace: Namespace;
	readonly containers: number;
	readonly images: number;
	readonly snapshots: number;
	readonly volumes: number;
};

export type NamespacesService = {
	list(options?: NamespaceSignal): Promise<readonly Namespace[]>;
	create(name: string, options?: NamespaceSignal & {readonly labels?: Readonly<Record<string, string>>}): Promise<Namespace>;
	inspect(name: string, options?: NamespaceSignal): Promise<NamespaceDetails>;
	/** Sets single labels; undefined clears one. */
	update(name: string, labels: Readonly<Record<string, string | undefined>>, options?: NamespaceSignal): Promise<Namespace>;
	/**
	Refuses with `conflict` while anything is in it, with the counts; with `contents` all of that goes first: containers are killed, volumes are
	lost. What dockerd or buildkitd keep books of is refused nevertheless.
	*/
	remove(name: string, options?: NamespaceSignal & {readonly contents?: boolean}): Promise<void>;
};

import type {Containerd, Transfer} from '../../../clients/containerd/types.ts';
import type {RegistryClient, Resolved} from '../../../clients/registry/types.ts';
import {Failure, failing, isAbort} from '../../../errors.ts';
import type {Descriptor, Image, Platform} from '../../../model/image.ts';
import {formatReference, parseReference, type Reference} from '../../../model/reference.ts';
import {findDead, removeDead, withLease} from '../ingest/lease.ts';
import {forgetPartial, keepPartial, partialLifeMs, releasePartial} from '../ingest/partial.ts';
import {writeRecord} from '../ingest/record.ts';
import {createTracker, type LongCall, type Tracker} from '../ingest/tracker.ts';
import {unpackManifests} from '../unpack/unpack-manifests.ts';
import {type Gathering, gather, type PulledManifest} from './gather.ts';
import {lazyRegistry, type PullRegistry} from './lazy-registry.ts';
import {fetchLayers} from './layers.ts';
import {type Reach, recordKeeper, type TransferRequest, transferPull} from './transfer.ts';
import {type Document, isWhole, noteSource, readDocument} from './whole.ts';

export type PullRequest = {
	readonly namespace: string;
	/** As a person types it. */
	readonly reference: string;
	readonly platforms: readonly Platform[] | 'all';
	readonly snapshotter: string;
	/** False where nothing will run here. */
	readonly unpack: boolean;
};

export type PullDependencies = {
	readonly containerd: Pick<Containerd, 'content' | 'images' | 'leases' | 'snapshots' | 'diff'> & {readonly transfer?: Transfer};
	readonly openRegistry: () => Promise<RegistryClient>;
	readonly reach?: Reach | undefined;
};

/**
Fetch an image with all that it leads to, unpack it, and give it its name.

Cancelled or failed it leaves no lease, no half-written blob and no half-made snapshot. Blobs that were complete are kept for a day (see
`partialSince`), so a second try fetches only the others. When we die without a word, or the daemon
does, the lease keeps everything for a day, and unfinished blobs are taken up where they stopped, for their names depend on their digests
alone; the lease goes with the next success.
*/
export const pull = async (dependencies: PullDependencies, request: PullRequest, {signal, onProgress}: LongCall = {}): Promise<Image> => {
	const tracker = createTracker(onProgress);
	const reference = parseReference(request.reference);
	const name = formatReference(reference);
	// Ends the rest when one part fails.
	const stop = new AbortController();
	const both = signal === undefined ? stop.signal : AbortSignal.any([signal, stop.signal]);
	try {
		signal?.throwIfAborted();
		tracker.step('resolving');
		const registry = lazyRegistry(dependencies.openRegistry);
		const left = quietly(async () => forgetPartial(dependencies, request.namespace, {olderThanMs: partialLifeMs, signal: both}));
		const dead = quietly(async () => findDead(dependencies, request.namespace, {signal: both}));
		// None of these needs another: they are asked side by side. What the daemon need not wait for is asked while it works.
		const isOurs = onlyPlatform(request) === undefined || dependencies.containerd.transfer === undefined;
		const byDaemon = isOurs ? undefined : {
			registry: quietly(async () => dependencies.reach?.(reference))(),
			keeper: quietly(async () => recordKeeper(dependencies.containerd.images, request.namespace, name, both))(),
		};
		if (isOurs) void left();
		return await withLease(
			dependencies,
			request.namespace,
			async lease => underLease({dependencies, request, registry, reference, byDaemon, tracker, lease, stop, signal: both, left, dead}),
			{signal: both},
		);
	} catch (error) {
		signal?.throwIfAborted();
		throw isAbort(error) ? error : failing(`pull ${name}`, error);
	}
};

/** Begun by the first who asks; its failure is told to those alone who wait for it. */
const quietly = <Result>(work: () => Promise<Result>): (() => Promise<Result>) => {
	let begun: Promise<Result> | undefined;
	return () => {
		if (begun === undefined) {
			begun = work();
			begun.catch(() => undefined);
		}
		return begun;
	};
};

type Pulling = {
	readonly dependencies: PullDependencies;
	readonly request: PullRequest;
	readonly registry: PullRegistry;
	readonly reference: Reference;
	readonly tracker: Tracker;
	readonly lease: string;
	/** What the daemon needs to do it by itself, where it can. */
	readonly byDaemon: Pick<TransferRequest, 'registry' | 'keeper'> | undefined;
	/** What failed pulls have left here. */
	readonly left: () => Promise<{readonly kept: number}>;
	/** Leases whose makers are dead. */
	readonly dead: () => Promise<readonly string[]>;
	readonly stop: AbortController;
	readonly signal: AbortSignal;
};

/** The only platform, where that is all that is asked: then the daemon can do it. */
const onlyPlatform = ({platforms, unpack}: PullRequest): Platform | undefined => (unpack && platforms !== 'all' && platforms.length === 1 ? platforms[0] : undefined);

type Seen = {
	readonly written: Set<string>;
	readonly noted: Map<string, Promise<void>>;
	readonly documents: Map<string, Promise<Document>>;
};

/** By the daemon where it can. When that leaves something to do, what comes after finds everything there and asks the registry nothing. */
const pullByDaemon = async (
	{dependencies, request, reference, byDaemon, tracker, lease, signal, left, dead}: Pulling,
	{written, noted, documents}: Seen,
	onUndo: (undo: () => Promise<void>) => void,
): Promise<Image | undefined> => {
	const {containerd} = dependencies;
	const {namespace, snapshotter} = request;
	const platform = onlyPlatform(request);
	if (byDaemon === undefined || platform === undefined) return undefined;
	// While the other blobs are on their way this costs no time. Whoever needs it learns of its failure.
	const onBlob = (digest: string, kind: string): void => {
		if (noted.has(digest)) return;
		noted.set(digest, quietly(async () => noteSource({containerd, namespace, reference, signal}, digest))());
		if (kind !== 'layer' && kind !== 'unknown') documents.set(digest, quietly(async () => readDocument({containerd, namespace, signal}, digest))());
	};
	const onSent = (): void => {
		void left();
		void dead();
	};
	return transferPull(dependencies, {
		...{namespace, platform, snapshotter, lease, signal, tracker, written, onBlob, onSent, onUndo, ...byDaemon},
		name: formatReference(reference),
	});
};

const underLease = async (pulling: Pulling): Promise<Image> => {
	const {dependencies, request, registry, reference, tracker, lease, signal, stop} = pulling;
	const {containerd} = dependencies;
	const {namespace, platforms} = request;
	const written = new Set<string>();
	const partial = new Set<string>();
	const gathering: Gathering = {containerd, namespace, lease, signal, tracker, written, partial, registry, reference, platforms};
	let ready: ReadonlyMap<string, Promise<unknown>> = new Map();
	let undo = async (): Promise<void> => undefined;
	try {
		const seen: Seen = {written, noted: new Map(), documents: new Map()};
		const pulled = await pullByDaemon(pulling, seen, next => {
			undo = next;
		});
		const platform = onlyPlatform(request);
		const {kept} = await pulling.left();
		// Blobs that a failed pull left must be let go of one by one.
		if (pulled !== undefined && platform !== undefined && kept === 0) {
			const {snapshotter} = request;
			if (await isWhole({containerd, namespace, snapshotter, platform, reference, signal, ...seen}, pulled.target)) {
				undo = async () => undefined;
				await removeDead(dependencies, namespace, {signal}, pulling.dead());
				return pulled;
			}
		}
		const resolved: Descriptor & Pick<Partial<Resolved>, 'manifestBytes'> = pulled?.target ?? (await registry.resolve(reference, {signal}));
		tracker.step('reading manifests');
		const manifests = await gather(gathering, resolved, resolved.manifestBytes);
		tracker.step('fetching layers');
		ready = fetchLayers(
			gathering,
			manifests.flatMap(({layers}) => layers),
		);
		if (request.unpack) await unpackAll(pulling, manifests, ready);
		await Promise.all(ready.values());
		tracker.step('writing the image record');
		const image = await writeRecord({containerd}, namespace, formatReference(reference), resolved, {signal, lease});
		// From here on the image is here, whatever else goes wrong.
		undo = async () => undefined;
		await releasePartial(dependencies, namespace, partial);
		await removeDead(dependencies, namespace, {signal}, pulling.dead());
		return image;
	} catch (error) {
		stop.abort();
		await Promise.allSettled(ready.values());
		await putAway(async () => keepPartial(dependencies, namespace, written, request.snapshotter));
		await putAway(undo);
		throw error;
	}
};

/** What is done after a failure must not hide it: when the daemon is gone, the lease that nobody can remove keeps all. */
const putAway = async (work: () => Promise<void>): Promise<void> => work().catch(() => undefined);

const unpackAll = async (
	{dependencies, request, tracker, lease, signal, reference}: Pulling,
	manifests: readonly PulledManifest[],
	ready: ReadonlyMap<string, Promise<unknown>>,
): Promise<void> => {
	const {namespace, snapshotter} = request;
	const images = manifests.filter(({diffIds}) => diffIds.length > 0);
	if (images.length === 0)
		throw new Failure('unsupported', `${formatReference(reference)} is no image with a file system`, {
			hint: 'pull it with --unpack=false to keep it as it is',
		});
	const options = {
		namespace,
		snapshotter,
		lease,
		signal,
		onLayer: ({digest}: Descriptor, phase: 'unpacking' | 'done') => tracker.phase(digest, phase),
	};
	await unpackManifests(dependencies, images, options, async digest => ready.get(digest));
};

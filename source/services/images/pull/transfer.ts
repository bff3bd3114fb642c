import type {Content, Images, Transfer, TransferProgress, TransferRegistry} from '../../../clients/containerd/types.ts';
import {isFailure} from '../../../errors.ts';
import type {Image, Platform} from '../../../model/image.ts';
import type {ProgressItem} from '../../../model/progress.ts';
import type {Reference} from '../../../model/reference.ts';
import {shortDigest, type Tracker} from '../ingest/tracker.ts';

/** How containerd itself gets to a registry; undefined where only our client can. */
export type Reach = (reference: Reference) => Promise<TransferRegistry | undefined>;

export type TransferDependencies = {
	readonly containerd: {
		readonly content: Pick<Content, 'abort' | 'info' | 'statuses'>;
		readonly images: Pick<Images, 'get' | 'remove' | 'update'>;
		readonly transfer?: Transfer;
	};
};

export type TransferRequest = {
	/** How the daemon gets there by itself; undefined where it can't. */
	readonly registry: Promise<TransferRegistry | undefined>;
	readonly namespace: string;
	readonly name: string;
	readonly platform: Platform;
	readonly snapshotter: string;
	readonly lease: string;
	readonly signal: AbortSignal;
	readonly tracker: Tracker;
	readonly written: Set<string>;
	/** A blob is there, whole, while others are still on their way. */
	readonly onBlob: (digest: string, kind: string) => void;
	/** The daemon is at work. */
	readonly onSent: () => void;
	/** How to take back the record that the daemon writes. */
	readonly keeper: Promise<() => Promise<void>>;
	/** Told before the daemon may write a record: how to take that back. */
	readonly onUndo: (undo: () => Promise<void>) => void;
};

const phases: Readonly<Record<string, ProgressItem['phase']>> = {
	waiting: 'waiting',
	downloading: 'fetching',
	complete: 'done',
	'already exists': 'exists',
	extracting: 'unpacking',
	extracted: 'done',
};

/** `layer-sha256:…` → what it is and its digest. */
const contentRef = /^(index|manifest|config|layer|unknown)-([a-z0-9]+:[0-9a-f]+)$/;

const follow = ({tracker, written, onBlob}: TransferRequest, refs: Set<string>, {event, name, doneBytes, totalBytes}: TransferProgress): void => {
	const phase = phases[event];
	const [, kind = '', digest = ''] = contentRef.exec(name) ?? [];
	if (digest === '' || phase === undefined) return;
	refs.add(name);
	tracker.add({id: digest, label: `${kind} ${shortDigest(digest)}`, totalBytes: totalBytes === 0 ? undefined : totalBytes});
	tracker.phase(digest, phase);
	if (phase === 'done') written.add(digest);
	if (phase === 'done' || phase === 'exists') onBlob(digest, kind);
	tracker.bytes(digest, phase === 'done' || phase === 'exists' ? totalBytes : doneBytes);
};

/**
Let the daemon fetch and unpack by itself, so that no byte passes through us. Undefined: it can't, or failed; then our own client tries, which
knows mirrors, retries and the registry's words, and finds under the same lease what was fetched already.
*/
export const transferPull = async (
	{containerd}: TransferDependencies,
	request: TransferRequest,
): Promise<Image | undefined> => {
	const {namespace, name, platform, snapshotter, lease, signal, tracker, onSent} = request;
	const {transfer} = containerd;
	if (transfer === undefined) return undefined;
	const [registry, undo] = await Promise.all([request.registry, request.keeper]);
	if (registry === undefined) return undefined;
	const refs = new Set<string>();
	request.onUndo(undo);
	try {
		tracker.step('containerd is pulling');
		const how = {registry, platforms: [platform], unpack: {platform, snapshotter}};
		await transfer.pull(namespace, name, how, {lease, signal, onSent, onProgress: progress => follow(request, refs, progress)});
		return await containerd.images.get(namespace, name, {signal});
	} catch (error) {
		await putAway(containerd.content, request, refs);
		signal.throwIfAborted();
		// A daemon that is lost is no reason to try the other way; all else is.
		if (isFailure(error, 'unavailable')) await containerd.content.statuses(namespace, {signal});
		return undefined;
	}
};

/**
The daemon writes the record as soon as it is content, and an index that has nothing for our platform is enough for that; we are content
later. Takes no signal: it is what a cancelled pull does.
*/
export const recordKeeper = async (images: Pick<Images, 'get' | 'remove' | 'update'>, namespace: string, name: string, signal: AbortSignal): Promise<() => Promise<void>> => {
	let before: Image | undefined;
	try {
		before = await images.get(namespace, name, {signal});
	} catch (error) {
		if (!isFailure(error, 'not-found')) throw error;
	}
	return async () => {
		try {
			if (before === undefined) await images.remove(namespace, name);
			else await images.update(before, ['target']);
		} catch (error) {
			if (!isFailure(error, 'not-found')) throw error;
		}
	};
};

/**
What is whole is noted, for the daemon may not have come to say so. What it had begun it leaves for a next try: when there will be none, we
leave nothing half-made.
*/
const putAway = async (content: Pick<Content, 'abort' | 'info'>, {namespace, written, signal}: TransferRequest, refs: Iterable<string>): Promise<void> => {
	for (const ref of refs) {
		const [, , digest = ''] = contentRef.exec(ref) ?? [];
		try {
			await content.info(namespace, digest);
			written.add(digest);
		} catch {
			if (!signal.aborted) continue;
			await content.abort(namespace, ref).catch(() => {
				// It never began, or the daemon is gone.
			});
		}
	}
};

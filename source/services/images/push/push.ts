import type {Containerd} from '../../../clients/containerd/types.ts';
import type {BlobSource, RegistryClient} from '../../../clients/registry/types.ts';
import {Failure, failing, isAbort, isFailure} from '../../../errors.ts';
import type {Descriptor, Image, Platform} from '../../../model/image.ts';
import {formatReference, parseReference, type Reference} from '../../../model/reference.ts';
import {sourceKey} from '../ingest/gc-labels.ts';
import {withLease} from '../ingest/lease.ts';
import {createTracker, type LongCall, shortDigest, type Tracker} from '../ingest/tracker.ts';
import {createTurns} from '../ingest/turns.ts';
import {isForeign, type Selection, select} from './select.ts';

export type PushRequest = {
	readonly namespace: string;
	/** A local image, and where it goes: a name is an address. */
	readonly reference: string;
	readonly platforms: readonly Platform[] | 'all';
	/** Also layers that their maker wants to be fetched from him only. */
	readonly allowNondistributable?: boolean;
};

export type PushDependencies = {
	readonly containerd: Pick<Containerd, 'content' | 'images' | 'leases'>;
	readonly openRegistry: () => Promise<RegistryClient>;
};

const atOnce = 3;

/** Send an image to its registry: what is there is not sent again. Answers the digest that the name leads to there. */
export const push = async (
	dependencies: PushDependencies,
	request: PushRequest,
	{signal, onProgress}: LongCall = {},
): Promise<{readonly digest: string}> => {
	const tracker = createTracker(onProgress);
	const reference = parseReference(request.reference);
	const name = formatReference(reference);
	const {namespace, platforms, allowNondistributable = false} = request;
	const stop = new AbortController();
	const both = signal === undefined ? stop.signal : AbortSignal.any([signal, stop.signal]);
	try {
		tracker.step('looking what is here');
		const image = await findNamed(dependencies, namespace, name, both);
		const selection = await select(dependencies, image, {platforms, signal: both, needsForeign: allowNondistributable});
		const registry = await dependencies.openRegistry();
		const work = async (lease: string): Promise<void> => {
			// One label holds all that follows from it: whoever removes the image while we send it takes nothing from us.
			await dependencies.containerd.leases.addResource(namespace, lease, {id: image.target.digest, type: 'content'}, {signal: both});
			await send({dependencies, namespace, registry, reference, tracker, stop, signal: both}, selection, allowNondistributable);
		};
		await withLease(dependencies, namespace, work, {signal: both});
		return {digest: selection.top.digest};
	} catch (error) {
		signal?.throwIfAborted();
		throw isAbort(error) ? error : failing(`push ${name}`, error);
	}
};

export const findNamed = async (
	{containerd}: {readonly containerd: Pick<Containerd, 'images'>},
	namespace: string,
	name: string,
	signal: AbortSignal,
): Promise<Image> => {
	try {
		return await containerd.images.get(namespace, name, {signal});
	} catch (error) {
		if (!isFailure(error, 'not-found')) throw error;
		throw new Failure('not-found', 'there is no local image of that name', {hint: `give it the name first: gantry tag IMAGE ${name}`});
	}
};

type Sending = {
	readonly dependencies: PushDependencies;
	readonly namespace: string;
	readonly registry: RegistryClient;
	readonly reference: Reference;
	readonly tracker: Tracker;
	readonly stop: AbortController;
	readonly signal: AbortSignal;
};

const send = async (sending: Sending, {top, topBytes, index, manifests}: Selection, allowNondistributable: boolean): Promise<void> => {
	const {registry, reference, tracker, stop, signal} = sending;
	const configs = new Map(manifests.map(({config}) => [config.digest, config]));
	const layers = new Map(
		manifests.flatMap(manifest =>
			manifest.layers.filter(layer => allowNondistributable || !isForeign(layer)).map(layer => [layer.digest, layer] as const),
		),
	);
	const blobs = new Map([...layers, ...configs]);
	for (const {digest, sizeBytes} of blobs.values())
		tracker.add({id: digest, label: `${configs.has(digest) ? 'config' : 'layer'} ${shortDigest(digest)}`, totalBytes: sizeBytes});
	for (const {digest, sizeBytes} of manifests.map(({descriptor}) => descriptor))
		tracker.add({id: digest, label: `manifest ${shortDigest(digest)}`, totalBytes: sizeBytes});
	if (index !== undefined) tracker.add({id: top.digest, label: `index ${shortDigest(top.digest)}`, totalBytes: top.sizeBytes});
	tracker.step('sending layers');
	const inTurn = createTurns(atOnce);
	const sent = [...blobs.values()].map(async blob => inTurn(async () => sendBlob(sending, blob)));
	try {
		await Promise.all(sent);
	} catch (error) {
		stop.abort();
		await Promise.allSettled(sent);
		throw error;
	}
	tracker.step('sending manifests');
	const put = async (where: Reference, bytes: Uint8Array, {digest, mediaType, sizeBytes}: Descriptor): Promise<void> => {
		tracker.phase(digest, 'pushing');
		await registry.pushManifest(where, bytes, mediaType, {signal});
		tracker.bytes(digest, sizeBytes);
		tracker.phase(digest, 'done');
	};
	if (index !== undefined) for (const {descriptor, bytes} of manifests) await put({...reference, tag: undefined}, bytes, descriptor);
	await put(reference, topBytes, top);
};

const sendBlob = async ({dependencies, namespace, registry, reference, tracker, signal}: Sending, blob: Descriptor): Promise<void> => {
	const {content} = dependencies.containerd;
	const {digest, sizeBytes} = blob;
	signal.throwIfAborted();
	const {labels} = await content.info(namespace, digest, {signal});
	const mountFrom = (labels[sourceKey(reference)] ?? '')
		.split(',')
		.filter(repository => repository !== '' && repository !== reference.path);
	const source: BlobSource = async function* (offset) {
		tracker.phase(digest, 'pushing');
		let done = offset;
		for await (const chunk of content.read(namespace, digest, {offset, signal})) {
			yield chunk;
			done += chunk.byteLength;
			tracker.bytes(digest, done);
		}
	};
	const how = await registry.pushBlob(reference, blob, source, {mountFrom, signal});
	tracker.bytes(digest, sizeBytes);
	tracker.phase(digest, how === 'existed' ? 'exists' : how === 'mounted' ? 'mounted' : 'done');
};

import type {RegistryClient} from '../../../clients/registry/types.ts';
import type {Descriptor} from '../../../model/image.ts';
import type {Reference} from '../../../model/reference.ts';
import {ensureBlob, type Ingest} from '../ingest/blob.ts';
import {withSource} from '../ingest/gc-labels.ts';
import {shortDigest} from '../ingest/tracker.ts';
import {createTurns} from '../ingest/turns.ts';

export type FetchLayers = Ingest & {readonly registry: Pick<RegistryClient, 'fetchBlob'>; readonly reference: Reference};

/** containerd's own default: more connections are not faster on one line, and registries count them. */
const atOnce = 3;

/** Begin to fetch in order, a few at a time. Each digest once; its promise resolves when the blob is in the store. */
export const fetchLayers = (
	fetching: FetchLayers,
	layers: readonly Descriptor[],
	atMost = atOnce,
): ReadonlyMap<string, Promise<unknown>> => {
	const {registry, reference, signal, tracker} = fetching;
	const unique = new Map(layers.map(layer => [layer.digest, layer]));
	for (const {digest, sizeBytes} of unique.values())
		tracker.add({id: digest, label: `layer ${shortDigest(digest)}`, totalBytes: sizeBytes});
	const fetch = async (layer: Descriptor): Promise<void> => {
		signal.throwIfAborted();
		const written = await ensureBlob(fetching, {
			descriptor: layer,
			labels: existing => withSource(existing, reference),
			// containerd hashes what it commits: we need not do it as well.
			source: offset => registry.fetchBlob(reference, layer, {offset, verify: false, signal}),
		});
		if (written === 'written') tracker.phase(layer.digest, 'done');
	};
	const inTurn = createTurns(atMost);
	const ready = new Map([...unique].map(([digest, layer]) => [digest, inTurn(async () => fetch(layer))] as const));
	// Whoever waits for one learns of its failure there; nobody may wait for all of them.
	for (const promise of ready.values()) promise.catch(() => undefined);
	return ready;
};

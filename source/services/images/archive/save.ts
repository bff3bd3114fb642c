import type {Writable} from 'node:stream';
import type {Containerd} from '../../../clients/containerd/types.ts';
import {Failure, failing, isAbort} from '../../../errors.ts';
import type {Descriptor, Image, Platform} from '../../../model/image.ts';
import {findReference} from '../../../model/reference.ts';
import {withLease} from '../ingest/lease.ts';
import {createTracker, type LongCall, shortDigest, type Tracker} from '../ingest/tracker.ts';
import {type Selection, type SelectedManifest, select} from '../push/select.ts';
import {writeWholeFile} from './whole-file.ts';
import {type TarFile, writeTar} from './write-tar.ts';

export type SaveRequest = {
	readonly images: readonly Image[];
	/** `present`: all that is here whole. */
	readonly platforms: readonly Platform[] | 'present';
	/** A path is written whole or not at all. */
	readonly output: Writable | string;
};

export type SaveDependencies = {readonly containerd: Pick<Containerd, 'content' | 'leases'>};

/**
Write images as an OCI layout that is a docker archive as well: the same blobs, `index.json` for the one and `manifest.json` for the other.
Every blob is looked for before the first byte is written.
*/
export const save = async (
	dependencies: SaveDependencies,
	{images, platforms, output}: SaveRequest,
	{signal, onProgress}: LongCall = {},
): Promise<void> => {
	const tracker = createTracker(onProgress);
	const calling = signal ?? new AbortController().signal;
	const [first] = images;
	if (first === undefined) throw new Failure('invalid', 'There is no image to save');
	const names = [...new Set(images.map(({name}) => name))].join(', ');
	try {
		const selections: Array<readonly [Image, Selection]> = [];
		for (const image of images)
			try {
				selections.push([image, await select(dependencies, image, {platforms, signal: calling})]);
			} catch (error) {
				throw images.length === 1 ? error : failing(`save ${image.name}`, error);
			}
		await withLease(
			dependencies,
			first.namespace,
			async lease => {
				for (const {target} of images)
					await dependencies.containerd.leases.addResource(first.namespace, lease, {id: target.digest, type: 'content'}, {signal: calling});
				const files = () => filesOf(dependencies, first.namespace, selections, tracker, calling);
				tracker.step('writing the archive');
				if (typeof output === 'string') await writeWholeFile(output, async stream => writeTar(stream, files(), calling));
				else await writeTar(output, files(), calling);
			},
			{signal: calling},
		);
	} catch (error) {
		calling.throwIfAborted();
		throw isAbort(error) ? error : failing(`save ${names}`, error);
	}
};

const pathOf = ({digest}: Descriptor): string => `blobs/${digest.replace(':', '/')}`;

const json = (path: string, value: unknown): TarFile => {
	const bytes = Buffer.from(JSON.stringify(value));
	return {path, sizeBytes: bytes.byteLength, body: [bytes]};
};

async function* filesOf(
	{containerd}: SaveDependencies,
	namespace: string,
	selections: ReadonlyArray<readonly [Image, Selection]>,
	tracker: Tracker,
	signal: AbortSignal,
): AsyncGenerator<TarFile> {
	const written = new Set<string>();
	const documents = selections.flatMap(([, {top, topBytes, manifests}]) => [
		[top, topBytes] as const,
		...manifests.map(({descriptor, bytes}) => [descriptor, bytes] as const),
	]);
	const blobs = selections.flatMap(([, {manifests}]) => manifests.flatMap(({config, layers}) => [...layers, config]));
	for (const {digest, sizeBytes} of blobs) tracker.add({id: digest, label: `blob ${shortDigest(digest)}`, totalBytes: sizeBytes});
	for (const blob of blobs) {
		if (written.has(blob.digest)) continue;
		written.add(blob.digest);
		tracker.phase(blob.digest, 'reading');
		const counted = async function* (): AsyncGenerator<Uint8Array> {
			let done = 0;
			for await (const chunk of containerd.content.read(namespace, blob.digest, {signal})) {
				yield chunk;
				done += chunk.byteLength;
				tracker.bytes(blob.digest, done);
			}
		};
		yield {path: pathOf(blob), sizeBytes: blob.sizeBytes, body: counted()};
		tracker.phase(blob.digest, 'done');
	}
	for (const [descriptor, bytes] of documents) {
		if (written.has(descriptor.digest)) continue;
		written.add(descriptor.digest);
		yield {path: pathOf(descriptor), sizeBytes: bytes.byteLength, body: [bytes]};
	}
	yield json('index.json', {
		schemaVersion: 2,
		mediaType: 'application/vnd.oci.image.index.v1+json',
		manifests: selections.map(([{name}, {top}]) => ({
			mediaType: top.mediaType,
			digest: top.digest,
			size: top.sizeBytes,
			annotations: annotationsOf(name),
		})),
	});
	yield json('manifest.json', dockerManifests(selections));
	yield json('oci-layout', {imageLayoutVersion: '1.0.0'});
}

const annotationsOf = (name: string): Readonly<Record<string, string>> => {
	const reference = findReference(name);
	return {'io.containerd.image.name': name, ...(reference?.tag === undefined ? {} : {'org.opencontainers.image.ref.name': reference.tag})};
};

/** One line per image as docker reads it, which knows no platforms: the first one stands for all. Names of the same image share a line. */
const dockerManifests = (selections: ReadonlyArray<readonly [Image, Selection]>) => {
	const byConfig = new Map<string, {readonly manifest: SelectedManifest; readonly tags: string[]}>();
	for (const [{name}, {manifests}] of selections) {
		const [manifest] = manifests;
		if (manifest === undefined) continue;
		const line = byConfig.get(manifest.config.digest) ?? {manifest, tags: []};
		if (findReference(name)?.tag !== undefined) line.tags.push(name);
		byConfig.set(manifest.config.digest, line);
	}
	return [...byConfig.values()].map(({manifest: {config, layers}, tags}) => ({
		Config: pathOf(config),
		RepoTags: tags,
		Layers: layers.map(pathOf),
	}));
};

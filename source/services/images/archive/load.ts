import type {Containerd} from '../../../clients/containerd/types.ts';
import {Failure, failing, isAbort} from '../../../errors.ts';
import type {Image, Platform} from '../../../model/image.ts';
import {fitness, formatPlatform} from '../../../model/platform.ts';
import {withLease} from '../ingest/lease.ts';
import {writeRecord} from '../ingest/record.ts';
import {createTracker, type LongCall, type Tracker} from '../ingest/tracker.ts';
import {unpackManifests} from '../unpack/unpack-manifests.ts';
import {type AdoptedManifest, type Adopting, adopt} from './adopt.ts';
import {collect} from './collect.ts';
import {type ArchivedImage, imagesIn} from './images-in.ts';
import {readTar} from './read-tar.ts';

export type LoadRequest = {
	readonly namespace: string;
	/** A docker archive or an OCI layout as a tar, compressed with gzip, zstd or not. */
	readonly archive: AsyncIterable<Uint8Array>;
	/** For messages: a path, or `standard input`. */
	readonly name: string;
	/** What is unpacked. `needed` ones must be in each image; the rest of the archive is taken as it is. */
	readonly platforms: readonly Platform[] | 'all';
	readonly isNeeded: boolean;
	readonly snapshotter: string;
	readonly unpack: boolean;
};

export type LoadDependencies = {readonly containerd: Pick<Containerd, 'content' | 'images' | 'leases' | 'snapshots' | 'diff'>};

/** A new piece of work on the content store. */
export const ingestOf = (
	{containerd}: LoadDependencies,
	namespace: string,
	lease: string,
	tracker: Tracker,
	signal: AbortSignal,
): Adopting => ({
	...{containerd, namespace, lease, signal, tracker},
	written: new Set(),
	partial: new Set(),
});

/** What images without a name of their own are called: containerd's custom. */
export const importPrefix = (at = new Date()): string => `import-${at.toISOString().slice(0, 10)}`;

/** Read images out of an archive, in one go. A failure leaves nothing: the archive is still there for a second try. */
export const load = async (
	dependencies: LoadDependencies,
	request: LoadRequest,
	{signal, onProgress}: LongCall = {},
): Promise<readonly Image[]> => {
	const tracker = createTracker(onProgress);
	const calling = signal ?? new AbortController().signal;
	const {namespace, archive, name} = request;
	try {
		return await withLease(
			dependencies,
			namespace,
			async lease => {
				tracker.step('reading the archive');
				const ingest = ingestOf(dependencies, namespace, lease, tracker, calling);
				const images = imagesIn(await collect(ingest, readTar(archive, calling)), importPrefix());
				if (images.length === 0) throw new Failure('invalid', 'there is no image in it');
				const loaded: Image[] = [];
				for (const image of images) loaded.push(...(await finish(dependencies, request, ingest, image)));
				return loaded;
			},
			{signal: calling},
		);
	} catch (error) {
		calling.throwIfAborted();
		throw isAbort(error) ? error : failing(`load ${name}`, error);
	}
};

const finish = async (
	dependencies: LoadDependencies,
	request: LoadRequest,
	ingest: Adopting,
	image: ArchivedImage,
): Promise<readonly Image[]> => {
	const {namespace, snapshotter} = request;
	const {lease, signal, tracker} = ingest;
	const manifests = await adopt(ingest, image.target, image.bytes);
	const unpacked = chosen(request, image, manifests);
	if (request.unpack) {
		tracker.step('unpacking');
		await unpackManifests(dependencies, unpacked, {
			namespace,
			snapshotter,
			lease,
			signal,
			onLayer: ({digest}, phase) => tracker.phase(digest, phase),
		});
	}
	tracker.step('writing the image record');
	const records: Image[] = [];
	for (const name of image.names) records.push(await writeRecord(dependencies, namespace, name, image.target, {signal, lease}));
	return records;
};

const chosen = (
	{platforms, isNeeded}: LoadRequest,
	{names}: ArchivedImage,
	manifests: readonly AdoptedManifest[],
): readonly AdoptedManifest[] => {
	const whole = manifests.filter(({isWhole, diffIds}) => isWhole && diffIds.length > 0);
	if (whole.length === 0)
		throw new Failure('invalid', `it has the layers of no platform of ${names.join(', ')}`, {
			hint: 'save the image again, with the platforms that are there',
		});
	if (platforms === 'all') return whole;
	const fitting = platforms.flatMap(wanted => {
		const fits = whole.flatMap(manifest => {
			const fit = manifest.platform === undefined ? undefined : fitness(wanted, manifest.platform);
			return fit === undefined ? [] : [{manifest, fit}];
		});
		return fits
			.sort((a, b) => a.fit - b.fit)
			.slice(0, 1)
			.map(({manifest}) => manifest);
	});
	if (fitting.length < platforms.length && isNeeded) {
		const here = whole.flatMap(({platform}) => (platform === undefined ? [] : [formatPlatform(platform)]));
		throw new Failure(
			'not-found',
			`${names.join(', ')} in it is for ${here.join(', ')}, not for ${platforms.map(formatPlatform).join(', ')}`,
		);
	}
	return [...new Set(fitting)];
};

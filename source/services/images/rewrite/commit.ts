import {randomBytes} from 'node:crypto';
import type {Containerd} from '../../../clients/containerd/types.ts';
import {Failure, failing, isAbort, isFailure} from '../../../errors.ts';
import type {ContainerRef} from '../../../model/container.ts';
import type {Descriptor, Image} from '../../../model/image.ts';
import {fitness, machinePlatform, parsePlatform} from '../../../model/platform.ts';
import {formatReference, parseReference} from '../../../model/reference.ts';
import {ingestOf, type LoadDependencies} from '../archive/load.ts';
import {uncompressed} from '../ingest/gc-labels.ts';
import {withLease} from '../ingest/lease.ts';
import {createTracker, type LongCall} from '../ingest/tracker.ts';
import {isObject, listOf, type Manifest, platformOf, readManifests} from '../manifests.ts';
import {applyChanges} from './changes.ts';
import {type Family, layerTypes, writeImage} from './write-image.ts';

export type CommitRequest = {
	readonly container: ContainerRef;
	readonly reference: string;
	readonly author: string;
	readonly message: string;
	/** Lines of a Dockerfile. */
	readonly changes: readonly string[];
	/** A running container is paused while its files are read, so that they belong together. */
	readonly pause: boolean;
	readonly compression: 'gzip' | 'zstd';
	readonly family: Family;
};

export type CommitDependencies = LoadDependencies & {readonly containerd: Pick<Containerd, 'containers' | 'tasks'>};

/** What a container changed becomes a layer on its image. Answers the image and the digest of its config, which docker calls its id. */
export const commit = async (
	dependencies: CommitDependencies,
	request: CommitRequest,
	{signal, onProgress}: LongCall = {},
): Promise<{readonly image: Image; readonly configDigest: string}> => {
	const {container: ref, reference, author, message, changes, family, compression} = request;
	const {containerd} = dependencies;
	const {namespace, id} = ref;
	const tracker = createTracker(onProgress);
	const calling = signal ?? new AbortController().signal;
	try {
		const name = formatReference(parseReference(reference));
		const container = await containerd.containers.get(ref, {signal: calling});
		const base = await baseOf(dependencies, namespace, container.image, container.labels['nerdctl/platform'], calling);
		const baseConfig = base.configJson ?? {};
		const settings = applyChanges(isObject(baseConfig['config']) ? baseConfig['config'] : {}, changes);
		return await withLease(
			dependencies,
			namespace,
			async lease => {
				tracker.step('reading what the container changed');
				const {snapshotter, snapshotKey} = container;
				const layer = await whilePaused(dependencies, request, calling, async () =>
					diff(dependencies, namespace, snapshotter, snapshotKey, compression, lease, calling),
				);
				const {labels} = await containerd.content.info(namespace, layer.digest, {signal: calling});
				const diffId = labels[uncompressed];
				if (diffId === undefined) throw new Failure('internal', 'containerd does not say what the layer is without its compression');
				const created = new Date().toISOString();
				const entry = {
					created,
					created_by: commandOf(container.spec?.value),
					...(author === '' ? {} : {author}),
					...(message === '' ? {} : {comment: message}),
				};
				const config = {
					...baseConfig,
					created,
					author: author === '' ? (baseConfig['author'] ?? '') : author,
					config: settings,
					history: [...listOf(baseConfig['history']), entry],
				};
				const descriptor = {...layer, mediaType: layerTypes[family][compression], annotations: {}};
				const layers = [...base.layers.map((one, at) => ({descriptor: one, diffId: base.diffIds[at] as string})), {descriptor, diffId}];
				const ingest = ingestOf(dependencies, namespace, lease, tracker, calling);
				const {image, config: written} = await writeImage(dependencies, ingest, {name, config, layers, family, snapshotter});
				return {image, configDigest: written.digest};
			},
			{signal: calling},
		);
	} catch (error) {
		calling.throwIfAborted();
		throw isAbort(error) ? error : failing(`commit container ${id.slice(0, 12)}`, error);
	}
};

const baseOf = async (
	dependencies: CommitDependencies,
	namespace: string,
	name: string,
	label: string | undefined,
	signal: AbortSignal,
): Promise<Manifest> => {
	const record = await dependencies.containerd.images.get(namespace, name, {signal}).catch((error: unknown) => {
		if (!isFailure(error, 'not-found')) throw error;
		throw new Failure('not-found', `its image ${name === '' ? '' : `${name} `}is not here any more`, {hint: 'pull it again, then commit'});
	});
	const wanted = label === undefined ? machinePlatform(process.arch) : parsePlatform(label);
	const {manifests} = await readManifests(dependencies, namespace, record.target, {signal});
	const readable = manifests.filter(({configJson, layers, diffIds}) => configJson !== undefined && layers.length === diffIds.length);
	const fitting = readable.filter(manifest => {
		const platform = platformOf(manifest);
		return platform !== undefined && fitness(wanted, platform) !== undefined;
	});
	const base = fitting[0] ?? (readable.length === 1 ? readable[0] : undefined);
	if (base === undefined)
		throw new Failure('not-found', `the config of its image ${name} is not here`, {hint: 'pull it again, then commit'});
	return base;
};

const whilePaused = async <Result>(
	{containerd}: CommitDependencies,
	{container, pause}: CommitRequest,
	signal: AbortSignal,
	work: () => Promise<Result>,
): Promise<Result> => {
	const task = pause ? await containerd.tasks.find(container, {signal}) : undefined;
	if (task?.status !== 'running') return work();
	await containerd.tasks.pause(container, {signal});
	try {
		return await work();
	} finally {
		// Without the signal: nobody else wakes it.
		await containerd.tasks.resume(container);
	}
};

const diff = async (
	{containerd}: CommitDependencies,
	namespace: string,
	snapshotter: string,
	key: string,
	compression: 'gzip' | 'zstd',
	lease: string,
	signal: AbortSignal,
): Promise<Descriptor> => {
	const {parent} = await containerd.snapshots.stat(namespace, snapshotter, key, {signal});
	const upper = await containerd.snapshots.mounts(namespace, snapshotter, key, {signal});
	const view = `gantry-commit-${Date.now()}-${randomBytes(4).toString('hex')}`;
	try {
		const lower = await containerd.snapshots.view(namespace, snapshotter, {key: view, parent}, {lease, signal});
		return await containerd.diff.create(namespace, lower, upper, {mediaType: layerTypes.oci[compression], ref: view, lease, signal});
	} finally {
		await containerd.snapshots.remove(namespace, snapshotter, view).catch(() => {
			// It goes with the lease.
		});
		await containerd.content.abort(namespace, view).catch(() => {
			// Written whole, or never begun.
		});
	}
};

const commandOf = (spec: Uint8Array | undefined): string => {
	try {
		const json: unknown = JSON.parse(Buffer.from(spec ?? []).toString('utf8'));
		const process = isObject(json) && isObject(json['process']) ? json['process'] : {};
		return Array.isArray(process['args']) ? process['args'].map(String).join(' ') : '';
	} catch {
		return '';
	}
};

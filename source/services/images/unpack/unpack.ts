import {randomBytes} from 'node:crypto';
import {setTimeout} from 'node:timers/promises';
import type {Content, Diff, Leases, Snapshots} from '../../../clients/containerd/types.ts';
import {Failure, isAbort, isFailure} from '../../../errors.ts';
import type {Descriptor} from '../../../model/image.ts';
import type {Mount} from '../../../model/snapshot.ts';
import {chainIds} from '../chain.ts';
import {shortDigest} from '../ingest/tracker.ts';
import type {Layer, UnpackOptions} from './types.ts';

export type UnpackDependencies = {
	readonly containerd: {
		readonly snapshots: Pick<Snapshots, 'stat' | 'prepare' | 'commit' | 'remove'>;
		readonly diff: Pick<Diff, 'apply'>;
		readonly content: Pick<Content, 'update'>;
		readonly leases: Pick<Leases, 'addResource'>;
	};
};

/** A remote snapshotter says `already-exists` a moment before it can show the snapshot. */
const remoteTries = 3;
const remotePauseMs = 100;
/** A cancelled Apply lets go of its mount a moment later. */
const removeTries = 20;
const removePauseMs = 100;

/**
Lay the layers on each other as snapshots that are named by their chain IDs, and answer the top one. What is there is not made again; when
two do the same at once, the second finds the first one's. No half-made snapshot stays.
*/
export const unpack = async (dependencies: UnpackDependencies, layers: readonly Layer[], options: UnpackOptions): Promise<string> => {
	const chain = chainIds(layers.map(({diffId}) => diffId));
	for (const [at, layer] of layers.entries()) {
		const name = chain[at] as string;
		await hold(dependencies, name, options);
		if (!(await exists(dependencies, name, options))) {
			await layer.ready();
			await unpackLayer(dependencies, layer, name, chain[at - 1] ?? '', options);
			options.onLayer?.(layer.descriptor, 'done');
		}
	}
	return chain.at(-1) ?? '';
};

const hold = async ({containerd}: UnpackDependencies, id: string, {namespace, snapshotter, lease, signal}: UnpackOptions): Promise<void> =>
	containerd.leases.addResource(namespace, lease, {id, type: `snapshots/${snapshotter}`}, {signal});

const exists = async (
	{containerd}: UnpackDependencies,
	name: string,
	{namespace, snapshotter, signal}: UnpackOptions,
): Promise<boolean> => {
	try {
		await containerd.snapshots.stat(namespace, snapshotter, name, {signal});
		return true;
	} catch (error) {
		if (isFailure(error, 'not-found')) return false;
		throw error;
	}
};

/** Undefined: a remote snapshotter has it, and nothing is to be applied. */
const prepare = async (
	dependencies: UnpackDependencies,
	key: string,
	name: string,
	parent: string,
	options: UnpackOptions,
): Promise<readonly Mount[] | undefined> => {
	const {namespace, snapshotter, lease, signal} = options;
	for (let tries = 1; ; tries++) {
		try {
			const snapshot = {key, parent, labels: {'containerd.io/snapshot.ref': name}};
			return await dependencies.containerd.snapshots.prepare(namespace, snapshotter, snapshot, {lease, signal});
		} catch (error) {
			if (!isFailure(error, 'already-exists')) throw error;
			if (await exists(dependencies, name, options)) return undefined;
			if (tries === remoteTries) throw error;
			await setTimeout(remotePauseMs, undefined, {signal});
		}
	}
};

const unpackLayer = async (
	dependencies: UnpackDependencies,
	{descriptor, diffId}: Layer,
	name: string,
	parent: string,
	options: UnpackOptions,
): Promise<void> => {
	const {containerd} = dependencies;
	const {namespace, snapshotter, lease, signal, onLayer} = options;
	const key = `extract-${process.hrtime.bigint()}-${randomBytes(3).toString('hex')} ${name}`;
	onLayer?.(descriptor, 'unpacking');
	let isCommitted = false;
	try {
		const mounts = await prepare(dependencies, key, name, parent, options);
		if (mounts === undefined) {
			isCommitted = true;
			return;
		}
		const applied = await containerd.diff.apply(namespace, descriptor, mounts, {lease, signal}).catch((error: unknown) => {
			throw isAbort(error) || !descriptor.mediaType.endsWith('+encrypted') ? error : encrypted(descriptor, error);
		});
		if (applied.digest !== diffId)
			throw new Failure(
				'invalid',
				`The layer ${descriptor.digest} unpacks to ${applied.digest}, but the image’s config promises ${diffId}`,
				{
					hint: 'the image is broken: ask whoever made it',
				},
			);
		const blob = {
			digest: descriptor.digest,
			sizeBytes: descriptor.sizeBytes,
			labels: {'containerd.io/uncompressed': diffId},
			createdAt: 0,
			updatedAt: 0,
		};
		await containerd.content.update(namespace, blob, ['labels.containerd.io/uncompressed'], {signal});
		try {
			await containerd.snapshots.commit(namespace, snapshotter, name, key, {lease, signal});
			isCommitted = true;
		} catch (error) {
			if (!isFailure(error, 'already-exists')) throw error;
		}
	} finally {
		if (!isCommitted) await removeQuietly(dependencies, key, options);
	}
};

/** The daemon decrypts by itself where it has a decoder and the key, so it is asked before anything is said. */
const encrypted = ({digest}: Descriptor, error: unknown): Failure =>
	new Failure('unsupported', `the layer ${shortDigest(digest)} is encrypted, and this containerd has no decoder or no key for it`, {
		cause: error,
		hint: 'give containerd the key (ocicrypt), or pull with --unpack=false to keep the image encrypted',
	});

/** Without the signal: this is what a cancelled unpack does last. */
const removeQuietly = async ({containerd}: UnpackDependencies, key: string, {namespace, snapshotter}: UnpackOptions): Promise<void> => {
	for (let tries = 0; tries < removeTries; tries++) {
		try {
			await containerd.snapshots.remove(namespace, snapshotter, key);
			return;
		} catch (error) {
			// It never came to be, or nobody can be asked: the lease's end takes it then.
			if (isFailure(error, 'not-found') || isFailure(error, 'unavailable')) return;
			await setTimeout(removePauseMs);
		}
	}
};

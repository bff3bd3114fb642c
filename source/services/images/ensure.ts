import {arch} from 'node:process';
import {Failure, failing, isFailure} from '../../errors.ts';
import type {Descriptor, Image, Platform} from '../../model/image.ts';
import {choosePlatforms, formatPlatform, machinePlatform, parsePlatform} from '../../model/platform.ts';
import {chainIds} from './chain.ts';
import {find} from './find.ts';
import {withLease} from './ingest/lease.ts';
import type {LongCall} from './ingest/tracker.ts';
import {type Manifest, platformOf, readManifests} from './manifests.ts';
import {type PullDependencies, pull} from './pull/pull.ts';
import {unpackManifests} from './unpack/unpack-manifests.ts';

export type EnsureRequest = {
	readonly namespace: string;
	/** As a person types it: a name, or the start of an id. */
	readonly reference: string;
	readonly snapshotter: string;
	/** Undefined: this machine's. */
	readonly platform?: string;
	readonly pull: 'always' | 'missing' | 'never';
};

/** An image that containers can be made of: all of it is here, and laid out as snapshots. */
export type RunnableImage = {
	readonly image: Image;
	readonly platform: Platform;
	readonly configJson: Readonly<Record<string, unknown>>;
	readonly layers: readonly Descriptor[];
	/** The key of its top snapshot. */
	readonly chainId: string;
};

const pullFor = async (dependencies: PullDependencies, request: EnsureRequest, wanted: Platform, call: LongCall): Promise<Image> =>
	pull(dependencies, {...request, platforms: [wanted], unpack: true}, call);

const findLocal = async (dependencies: PullDependencies, {namespace, reference}: EnsureRequest, {signal}: LongCall): Promise<Image | undefined> => {
	const [image, ...others] = await find(dependencies, namespace, reference, signal === undefined ? {} : {signal});
	const digests = new Set([image, ...others].map(each => each?.target.digest));
	if (digests.size > 1) throw new Failure('conflict', `${reference} is the beginning of several images' ids`, {hint: 'give more of it'});
	return image;
};

type Complete = Manifest & {readonly config: Descriptor; readonly configJson: Readonly<Record<string, unknown>>};

/** The manifest for the platform, if its config is here; its layers may not be. */
const choose = async (dependencies: PullDependencies, image: Image, wanted: Platform, {signal}: LongCall): Promise<Complete | undefined> => {
	const {manifests} = await readManifests(dependencies, image.namespace, image.target, signal === undefined ? {} : {signal});
	const [at] = choosePlatforms([wanted], manifests.map(platformOf));
	const chosen = at === undefined ? undefined : manifests[at];
	return chosen?.config === undefined || chosen.configJson === undefined ? undefined : (chosen as Complete);
};

const isUnpacked = async ({containerd}: PullDependencies, {namespace, snapshotter}: EnsureRequest, key: string, {signal}: LongCall): Promise<boolean> => {
	try {
		await containerd.snapshots.stat(namespace, snapshotter, key, signal === undefined ? {} : {signal});
		return true;
	} catch (error) {
		if (isFailure(error, 'not-found')) return false;
		throw error;
	}
};

const layOut = async (dependencies: PullDependencies, request: EnsureRequest, {config, layers, diffIds}: Complete, call: LongCall): Promise<string> => {
	const key = chainIds(diffIds).at(-1);
	if (key === undefined) throw new Failure('unsupported', `${request.reference} is no image with a file system`);
	if (await isUnpacked(dependencies, request, key, call)) return key;
	const {namespace, snapshotter} = request;
	const signal = call.signal ?? new AbortController().signal;
	await withLease(dependencies, namespace, lease => unpackManifests(dependencies, [{config, layers, diffIds}], {namespace, snapshotter, lease, signal}), {signal});
	return key;
};

/** What the pull policy says is done, and no more: with `missing` a registry is asked only for what is not here. */
export const ensure = async (dependencies: PullDependencies, request: EnsureRequest, call: LongCall = {}): Promise<RunnableImage> => {
	const wanted = request.platform === undefined ? machinePlatform(arch) : parsePlatform(request.platform);
	const local = request.pull === 'always' ? undefined : await findLocal(dependencies, request, call);
	if (local === undefined && request.pull === 'never')
		throw new Failure('not-found', `There is no image ${request.reference} here`, {hint: 'leave out --pull=never, or pull it'});
	let image = local ?? (await pullFor(dependencies, request, wanted, call));
	let manifest = await choose(dependencies, image, wanted, call);
	if (manifest === undefined && local !== undefined && request.pull === 'missing') {
		image = await pullFor(dependencies, request, wanted, call);
		manifest = await choose(dependencies, image, wanted, call);
	}
	if (manifest === undefined)
		throw new Failure('not-found', `The image ${image.name} is not here for ${formatPlatform(wanted)}`, {hint: 'name another platform with --platform'});
	try {
		const chainId = await layOut(dependencies, request, manifest, call);
		return {image, platform: platformOf(manifest) ?? wanted, configJson: manifest.configJson, layers: manifest.layers, chainId};
	} catch (error) {
		throw failing(`unpack ${image.name}`, error);
	}
};

import {Failure} from '../../errors.ts';
import {dockerImage} from '../../model/docker-image.ts';
import {nativeImage} from '../../model/docker-native.ts';
import type {Image} from '../../model/image.ts';
import type {PlatformImage} from '../../services/images/index.ts';
import {findPlatform, hostPlatform, unpackedBytes} from './platform.ts';
import type {Surroundings} from './types.ts';

export type ImageInspectOptions = {readonly mode: 'dockercompat' | 'native'; readonly platform: string};

const chosen = (platforms: readonly PlatformImage[], wanted: string, name: string): PlatformImage => {
	const platform = wanted === '' ? hostPlatform(platforms) : findPlatform(platforms, wanted);
	if (platform !== undefined) return platform;
	const problem = wanted === '' ? 'its config is not in the content store' : `it is not here for ${wanted}`;
	throw new Failure('not-found', `Could not inspect ${name}: ${problem}`, {hint: 'pull the image again'});
};

const snapshotsOf = async ({containerd, global, signal}: Surroundings, {history}: PlatformImage) =>
	Promise.all(
		history.flatMap(({chainId, unpackedBytes: bytes}) =>
			chainId === undefined || bytes === undefined
				? []
				: [containerd.snapshots.stat(global.namespace, global.snapshotter, chainId, {signal})],
		),
	);

/** Dockercompat answers one object for all names of a digest, the asked-for name first; native answers one per name. */
export const inspectOneImage = async (
	context: Surroundings,
	argument: string,
	found: readonly Image[],
	{mode, platform}: ImageInspectOptions,
): Promise<readonly unknown[]> => {
	const {services, containerd, global, signal} = context;
	const [image] = found;
	if (image === undefined) throw new Failure('not-found', `no such image: ${argument}`);
	if (new Set(found.map(({target}) => target.digest)).size > 1)
		throw new Failure('conflict', `multiple IDs found with provided prefix: ${argument}`, {hint: 'give more of the id'});
	const all = await containerd.images.list(global.namespace, {signal});
	const alike = all.filter(({name, target}) => target.digest === image.target.digest && name !== image.name);
	const {platforms, indexJson} = await services.images.inspect(image, {signal, snapshotter: global.snapshotter});
	const one = chosen(platforms, platform, argument);
	const parts = {...one, unpackedBytes: unpackedBytes(one)};
	if (mode === 'dockercompat') return [dockerImage(image, parts, alike)];
	const snapshots = await snapshotsOf(context, one);
	return [image, ...alike].map(named => nativeImage(named, parts, indexJson, snapshots));
};

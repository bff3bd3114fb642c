import type {Containerd} from '../../../clients/containerd/types.ts';
import {Failure, isFailure} from '../../../errors.ts';
import type {Descriptor, Platform} from '../../../model/image.ts';
import {bytesOf, ensureBlob, findInfo, type Ingest} from '../ingest/blob.ts';
import {indexRefs, manifestRefs} from '../ingest/gc-labels.ts';
import {isIndex, isObject, listOf, toDescriptor, toPlatform} from '../manifests.ts';
import {parse} from '../push/select.ts';

export type AdoptedManifest = {
	readonly descriptor: Descriptor;
	readonly config: Descriptor;
	readonly layers: readonly Descriptor[];
	readonly diffIds: readonly string[];
	readonly platform: Platform | undefined;
	/** All its layers are in the store. */
	readonly isWhole: boolean;
};

export type Adopting = Ingest & {readonly containerd: Ingest['containerd'] & Pick<Containerd, 'content'>};

const deepest = 3;

/** Tie documents that are in the store already to what they lead to, so that the collector follows. Parts that are missing are passed over. */
export const adopt = async (adopting: Adopting, target: Descriptor, known?: Uint8Array, depth = 0): Promise<readonly AdoptedManifest[]> => {
	const bytes = known ?? (await read(adopting, target));
	if (bytes === undefined) {
		if (depth === 0)
			throw new Failure('invalid', `it does not hold ${target.digest}, which its index speaks of`, {
				hint: 'copy or make the archive again',
			});
		return [];
	}
	const json = parse(bytes, target.digest);
	const descriptor = {...target, sizeBytes: bytes.byteLength};
	if (isIndex(target)) {
		if (depth === deepest) throw new Failure('invalid', `it has indexes in indexes, more than ${deepest} deep`);
		const children = listOf(json['manifests']).map(toDescriptor);
		await ensureBlob(adopting, {descriptor, labels: () => indexRefs(children), source: bytesOf(bytes)});
		const found: AdoptedManifest[] = [];
		for (const child of children) found.push(...(await adopt(adopting, child, undefined, depth + 1)));
		return found;
	}
	if (!isObject(json['config'])) throw new Failure('invalid', `the manifest ${target.digest} names no config`);
	const config = toDescriptor(json['config']);
	const layers = listOf(json['layers']).map(toDescriptor);
	await ensureBlob(adopting, {descriptor, labels: () => manifestRefs(config, layers), source: bytesOf(bytes)});
	const configBytes = await read(adopting, config);
	const configJson = configBytes === undefined ? {} : parse(configBytes, config.digest);
	const rootfs = isObject(configJson['rootfs']) ? configJson['rootfs'] : {};
	const diffIds = Array.isArray(rootfs['diff_ids']) ? rootfs['diff_ids'].map(String) : [];
	const lacking = await Promise.all(layers.map(async ({digest}) => (await findInfo(adopting, digest)) === undefined));
	return [
		{
			...{descriptor: target, config, layers, diffIds: diffIds.length === layers.length ? diffIds : []},
			platform: target.platform ?? toPlatform(configJson),
			isWhole: configBytes !== undefined && !lacking.includes(true),
		},
	];
};

const read = async ({containerd, namespace, signal}: Adopting, {digest}: Descriptor): Promise<Uint8Array | undefined> => {
	try {
		return await containerd.content.readAll(namespace, digest, {signal});
	} catch (error) {
		if (isFailure(error, 'not-found')) return undefined;
		throw error;
	}
};

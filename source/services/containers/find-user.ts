import type {SpecParts} from '../../clients/host/index.ts';
import {resolveUser, type UserFile, type UserFiles, type UserWish, userFilesFor} from '../../model/container-user.ts';
import type {Descriptor} from '../../model/image.ts';
import type {UserIds} from '../../model/passwd.ts';
import type {Mount} from '../../model/snapshot.ts';
import type {LayersService} from '../layers/types.ts';

export type FindUserDependencies = {readonly specParts: Pick<SpecParts, 'snapshotFile'>; readonly layers: Pick<LayersService, 'readFiles'>};

/** Where the files of the container are: its snapshot's mounts, or a bind of the directory it runs in. */
export type UserPlace = {
	readonly namespace: string;
	readonly mounts: readonly Mount[];
	/** Of the image, the lowest first; asked for only when the mounts can't be looked into. */
	layers(): Promise<readonly Descriptor[]>;
};

/**
Who a new container runs as, by its own passwd and group files, which are not mounted: they are looked for in the directories of the snapshot, and
where a snapshotter keeps its files otherwise, in the layers of the image. Only what the wish needs is read.
*/
export const findUser = async ({specParts, layers}: FindUserDependencies, wish: UserWish, place: UserPlace, options: {readonly signal?: AbortSignal} = {}): Promise<UserIds> => {
	const needed = userFilesFor(wish);
	const pathOf = (file: UserFile): string => `etc/${file}`;
	const texts = await Promise.all(needed.map(async file => [file, await specParts.snapshotFile(place.mounts, pathOf(file))] as const));
	if (!texts.some(([, text]) => text === 'unknown')) return resolveUser(wish, Object.fromEntries(texts) as UserFiles);
	const read = await layers.readFiles(place.namespace, await place.layers(), needed.map(pathOf), options);
	return resolveUser(wish, Object.fromEntries(needed.map(file => [file, read.get(pathOf(file))])) as UserFiles);
};

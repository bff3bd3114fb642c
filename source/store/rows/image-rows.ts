import type {Container} from '../../model/container.ts';
import {createFilter} from '../../model/filter.ts';
import {type Image, type ImageSummary, imageKey, type RemoteImage} from '../../model/image.ts';
import {naturalCompare} from '../../model/sort.ts';
import type {ImageRow, Listing} from './types.ts';

/** containerd's CRI writes each image three times (name, digest reference, config id): the plainest name leads. */
const plainness = (name: string): number => (name.startsWith('sha256:') ? 2 : name.includes('@') ? 1 : 0);

const comparators: Readonly<Record<string, (a: ImageRow, b: ImageRow) => number>> = {
	name: (a, b) => naturalCompare(a.images[0].name, b.images[0].name),
	size: (a, b) => sizeOf(a) - sizeOf(b),
	used: (a, b) => a.usedBy - b.usedBy,
	age: (a, b) => b.images[0].createdAt - a.images[0].createdAt,
	namespace: (a, b) => naturalCompare(a.namespace, b.namespace),
};

const sizeOf = (row: ImageRow): number => row.summary?.unpackedBytes ?? row.summary?.compressedBytes ?? 0;

/** Something newer is worth more than knowing of another name that there is nothing. */
const updateOf = (images: readonly Image[], remotes: ReadonlyMap<string, RemoteImage>): ImageRow['update'] => {
	const seen = images.flatMap((image) => {
		const remote = remotes.get(imageKey(image));
		return remote === undefined ? [] : [{...remote, is: remote.digest === image.target.digest ? ('same' as const) : ('newer' as const)}];
	});
	return seen.find(({is}) => is === 'newer') ?? seen[0];
};

export const imageRows = (
	images: ReadonlyMap<string, Image>,
	summaries: ReadonlyMap<string, ImageSummary>,
	remotes: ReadonlyMap<string, RemoteImage>,
	containers: ReadonlyMap<string, Container>,
	pane: Listing,
): readonly ImageRow[] => {
	const users = new Map<string, number>();
	for (const {namespace, image} of containers.values()) {
		const key = `${namespace} ${image}`;
		users.set(key, (users.get(key) ?? 0) + 1);
	}
	const filter = createFilter(pane.filter);
	const together = Map.groupBy(images.values(), (image) => `${image.namespace} ${image.target.digest}`);
	const rows: ImageRow[] = [];
	for (const [key, group] of together) {
		const names = [...group].sort((a, b) => plainness(a.name) - plainness(b.name) || naturalCompare(a.name, b.name)) as [Image, ...Image[]];
		const text = `${names.map((image) => image.name).join(' ')} ${names[0].target.digest} ${names[0].namespace}`;
		if (pane.filter !== '' && !filter.matches({text, labels: names[0].labels})) continue;
		rows.push({
			kind: 'image',
			key,
			depth: 0,
			namespace: names[0].namespace,
			images: names,
			digest: names[0].target.digest,
			summary: summaries.get(names[0].target.digest),
			update: updateOf(names, remotes),
			usedBy: names.reduce((sum, image) => sum + (users.get(`${image.namespace} ${image.name}`) ?? 0), 0),
		});
	}
	const compare = comparators[pane.sort.column] ?? (comparators['name'] as NonNullable<(typeof comparators)['name']>);
	const sign = pane.sort.descending ? -1 : 1;
	return rows.sort((a, b) => sign * compare(a, b) || naturalCompare(a.images[0].name, b.images[0].name));
};

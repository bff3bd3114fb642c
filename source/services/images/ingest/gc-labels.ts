import type {Descriptor} from '../../../model/image.ts';
import type {Reference} from '../../../model/reference.ts';

const contentRef = 'containerd.io/gc.ref.content';

export type Labels = Readonly<Record<string, string>>;

/** What keeps a manifest's config and layers: the garbage collector follows these, the names are containerd's (`ChildGCLabels`). */
export const manifestRefs = (config: Descriptor | undefined, layers: readonly Descriptor[]): Labels =>
	Object.fromEntries([
		...(config === undefined ? [] : [[`${contentRef}.config`, config.digest] as const]),
		...layers.map(({digest}, at) => [`${contentRef}.l.${at}`, digest] as const),
	]);

/** All children, also those that are not here: a reference into nothing harms nobody, and a later pull of another platform needs no new one. */
export const indexRefs = (children: readonly Descriptor[]): Labels =>
	Object.fromEntries(children.map(({digest}, at) => [`${contentRef}.m.${at}`, digest]));

export const snapshotRef = (snapshotter: string): string => `containerd.io/gc.ref.snapshot.${snapshotter}`;

export const uncompressed = 'containerd.io/uncompressed';

export const sourceKey = ({domain}: Pick<Reference, 'domain'>): string => `containerd.io/distribution.source.${domain}`;

/** Longest value that containerd stores, key included (`labels.Validate`). */
const mostLabelBytes = 4096;

/** Where a blob can be mounted from at a push: the repositories of one host, sorted, as containerd writes them. */
export const withSource = (labels: Labels, reference: Reference): Labels => {
	const key = sourceKey(reference);
	const known = (labels[key] ?? '').split(',').filter(repository => repository !== '');
	const value = [...new Set([...known, reference.path])].sort().join(',');
	return key.length + value.length > mostLabelBytes ? {} : {[key]: value};
};

/**
Complete blobs of a pull that failed. Nothing refers to them, so the collector would take them within a second of the lease's end, and a
second try would fetch gigabytes again. Leases and ingests must not stay, content has no expiry: so they are made roots, with a word that
it was us and since when. The next pull that needs one takes the root away once its image exists; `forgetPartial` takes it from the rest.
*/
export const gcRoot = 'containerd.io/gc.root';
export const partialSince = 'gantry/partial-since';

export const isPartial = (labels: Labels): boolean => labels[partialSince] !== undefined;

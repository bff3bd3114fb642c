export type Namespace = {readonly name: string; readonly labels: Readonly<Record<string, string>>};

/** Namespaces whose contents another program keeps its own books about: changing things there behind its back breaks it. */
const owners: Readonly<Record<string, string>> = {moby: 'dockerd', buildkit: 'buildkitd'};

/** The program that owns a namespace, or undefined for one that nobody minds being changed. */
export const ownerOf = (namespace: string): string | undefined =>
	namespace === 'moby' || namespace.startsWith('buildkit') ? (owners[namespace] ?? 'buildkitd') : undefined;

export const manifestTypes = [
	'application/vnd.oci.image.index.v1+json',
	'application/vnd.docker.distribution.manifest.list.v2+json',
	'application/vnd.oci.image.manifest.v1+json',
	'application/vnd.docker.distribution.manifest.v2+json',
] as const;

/** The last one lets registries answer with artifact types that we only pass on. */
export const acceptsManifests = [...manifestTypes, '*/*'].join(', ');

/** Docker's first schema has no digests of what is in it, so nothing of it can be verified. */
export const isSchema1 = (mediaType: string): boolean => mediaType.startsWith('application/vnd.docker.distribution.manifest.v1');

/** A pointer to content: what it is, which bytes, how many. OCI image-spec `descriptor`. */
export type Descriptor = {
	readonly mediaType: string;
	readonly digest: string;
	readonly sizeBytes: number;
	readonly annotations: Readonly<Record<string, string>>;
	readonly platform?: Platform;
	/** Where else the bytes are: a foreign layer's only home. */
	readonly urls?: readonly string[];
};

export type Platform = {readonly os: string; readonly architecture: string; readonly variant?: string; readonly osVersion?: string};

/** A name for content. Several images may name the same digest. */
export type Image = {
	readonly namespace: string;
	readonly name: string;
	readonly labels: Readonly<Record<string, string>>;
	readonly target: Descriptor;
	/** Epoch ms. */
	readonly createdAt: number;
	readonly updatedAt: number;
};

/** What reading an image's manifests adds. Costs content reads, so it is made on demand and kept by digest. */
export type ImageSummary = {
	readonly platforms: readonly Platform[];
	/** Sum of the blobs that are present locally, as they are stored (compressed). */
	readonly compressedBytes: number;
	/** Sum of the snapshots that its chain IDs name in the given snapshotter; undefined when it is not unpacked. */
	readonly unpackedBytes: number | undefined;
};

/** What a name led to at its registry when somebody looked. */
export type RemoteImage = {readonly digest: string; readonly checkedAt: number};

export const imageKey = ({namespace, name}: {readonly namespace: string; readonly name: string}): string => `${namespace} ${name}`;

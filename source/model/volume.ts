/** One of nerdctl's volumes: a directory of the data store. */
export type Volume = {
	readonly name: string;
	readonly namespace: string;
	/** The `_data` directory. */
	readonly path: string;
	readonly labels: Readonly<Record<string, string>>;
	/** Made without a name, and said to be so: what `prune` takes unasked. */
	readonly isAnonymous: boolean;
	/** Epoch ms of the directory. */
	readonly createdAt: number;
};

/** One key for maps and selections; neither part can contain a blank. */
export const volumeKey = ({namespace, name}: Pick<Volume, 'namespace' | 'name'>): string => `${namespace} ${name}`;

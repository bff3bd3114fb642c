/** A network of CNI as its `.conflist` says. */
export type Network = {
	readonly name: string;
	/** nerdctl's id, 64 hex digits; empty for a file that neither nerdctl nor we wrote. */
	readonly id: string;
	/** The containerd namespace that it is for; empty when all of them share it. */
	readonly namespace: string;
	/** The file. */
	readonly path: string;
	readonly driver: string;
	readonly labels: Readonly<Record<string, string>>;
	readonly subnets: ReadonlyArray<{readonly subnet: string; readonly gateway: string; readonly ipRange: string}>;
	/** The interface on this machine, such as `nerdctl0` or `br-…`; empty where there is none. */
	readonly bridge: string;
	readonly isDefault: boolean;
	readonly isInternal: boolean;
	readonly mtu: number | undefined;
	/** The whole conflist, for `inspect --mode native`. */
	readonly config: Readonly<Record<string, unknown>>;
};

/** One key for maps and selections. */
export const networkKey = ({path}: Pick<Network, 'path'>): string => path;

/** Sorting and asking "who is on it" need a container's words for its networks: a name, or an id cut or whole. */
export const isNamedBy = ({name, id}: Pick<Network, 'name' | 'id'>, word: string): boolean => word === name || (id !== '' && (word === id || word === id.slice(0, 12)));

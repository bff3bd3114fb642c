import type {CallOptions} from '../../clients/containerd/types.ts';
import type {Failure} from '../../errors.ts';
import type {Task} from '../../model/container.ts';
import type {Namespace} from '../../model/namespace.ts';

/** What choosing asks of a daemon. The whole client satisfies it. */
export type Asked = {
	version(options?: CallOptions): Promise<{readonly version: string}>;
	readonly namespaces: {list(options?: CallOptions): Promise<readonly Namespace[]>};
	readonly tasks: {list(namespace: string, options?: CallOptions): Promise<readonly Task[]>};
	close(): void;
};

/** A containerd that answered. */
export type Host = {
	readonly address: string;
	readonly owner: string;
	readonly version: string;
	/** Tasks that have not ended, over all namespaces. */
	readonly tasks: number;
};

export type Hosts = {
	readonly chosen: Host;
	/** The rest that answered, in order: what `X` offers. */
	readonly others: readonly Host[];
	/** Places that are there but could not be used, each with its reason. Missing ones are not news. */
	readonly unusable: ReadonlyArray<{readonly address: string; readonly failure: Failure}>;
};

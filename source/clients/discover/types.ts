import type {Failure} from '../../errors.ts';

/** A place where somebody is known to put a containerd. */
export type Place = {
	readonly address: string;
	/** Who runs a containerd there, in words for a person. */
	readonly owner: string;
};

/** A place after a look at it. Without a failure somebody listens there; whether it is containerd only a call can tell. */
export type Socket = Place & {
	readonly failure: Failure | undefined;
	/** The same for two paths to one socket; undefined when it could not be looked at. */
	readonly identity: string | undefined;
};

export type FileFacts = {readonly isSocket: boolean; readonly gid: number; readonly mode: number; readonly identity: string};

/** What looking needs of the machine. Failures are errno names. */
export type DiscoverIo = {
	stat(path: string): Promise<FileFacts | {readonly errno: string}>;
	/** Undefined when somebody accepts the connection. */
	connect(path: string): Promise<string | undefined>;
	readText(path: string): Promise<string | undefined>;
};

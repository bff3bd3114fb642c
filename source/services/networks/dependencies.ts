import type {Containerd} from '../../clients/containerd/types.ts';
import type {NetworkFiles} from '../../clients/host/network-files.ts';

/** The containerd that a verb needs, noun by noun. */
export type Uses<Verbs extends {readonly [Noun in keyof Containerd]?: keyof Containerd[Noun]}> = {
	readonly containerd: {readonly [Noun in keyof Verbs & keyof Containerd]: Pick<Containerd[Noun], Verbs[Noun] & keyof Containerd[Noun]>};
};

export type Places = {
	/** Directories of plugins, separated by colons. */
	readonly cniPath: string;
	readonly cniNetconfPath: string;
	/** The default network's gateway with its prefix, when it is to be another than nerdctl's. */
	readonly bridgeIp?: string;
};

export type OnDisk = {readonly places: Places; readonly files: NetworkFiles};

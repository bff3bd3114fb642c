import type {Containerd} from '../../clients/containerd/types.ts';
import type {NetworkFiles} from '../../clients/host/network-files.ts';
import type {NetworkPlaces} from './types.ts';

/** The containerd that a verb needs, noun by noun. */
export type Uses<Verbs extends {readonly [Noun in keyof Containerd]?: keyof Containerd[Noun]}> = {
	readonly containerd: {readonly [Noun in keyof Verbs & keyof Containerd]: Pick<Containerd[Noun], Verbs[Noun] & keyof Containerd[Noun]>};
};

export type OnDisk = {readonly places: NetworkPlaces; readonly files: NetworkFiles};

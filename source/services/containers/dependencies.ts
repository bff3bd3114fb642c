import type {Containerd} from '../../clients/containerd/types.ts';

/** The containerd that a verb needs, noun by noun: `Uses<{tasks: 'find' | 'pause'}>` is all that its test must fake. */
export type Uses<Verbs extends {readonly [Noun in keyof Containerd]?: keyof Containerd[Noun]}> = {
	readonly containerd: {readonly [Noun in keyof Verbs & keyof Containerd]: Pick<Containerd[Noun], Verbs[Noun] & keyof Containerd[Noun]>};
};

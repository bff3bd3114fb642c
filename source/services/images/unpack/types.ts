import type {Descriptor} from '../../../model/image.ts';

export type Layer = {
	readonly descriptor: Descriptor;
	readonly diffId: string;
	/** The layer's blob is in the store when this resolves; layers are waited for in their order. */
	readonly ready: () => Promise<unknown>;
};

export type UnpackOptions = {
	readonly namespace: string;
	readonly snapshotter: string;
	/** What we make is kept from the garbage collector by it. */
	readonly lease: string;
	readonly signal: AbortSignal;
	readonly onLayer?: (layer: Descriptor, phase: 'unpacking' | 'done') => void;
};

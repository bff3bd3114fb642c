import type {RegistryClient} from '../../../clients/registry/types.ts';

export type PullRegistry = Pick<RegistryClient, 'resolve' | 'fetchManifest' | 'fetchBlob'>;

/** Opened by the first question: where containerd pulls by itself there may be none, and loading what speaks HTTP takes a tenth of a second. */
export const lazyRegistry = (open: () => Promise<PullRegistry>): PullRegistry => {
	let opening: Promise<PullRegistry> | undefined;
	let opened: PullRegistry | undefined;
	const get = async (): Promise<PullRegistry> => {
		opening ??= open();
		opened = await opening;
		return opened;
	};
	const later = async function* (...call: Parameters<PullRegistry['fetchBlob']>): AsyncGenerator<Uint8Array> {
		yield* (await get()).fetchBlob(...call);
	};
	return {
		resolve: async (...call) => (await get()).resolve(...call),
		fetchManifest: async (...call) => (await get()).fetchManifest(...call),
		fetchBlob: (...call) => (opened === undefined ? later(...call) : opened.fetchBlob(...call)),
	};
};

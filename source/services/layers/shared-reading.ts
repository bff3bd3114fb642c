import type {LayerIndex} from '../../model/layer-index.ts';
import type {IndexOptions, LayerProgress} from './types.ts';

/** One reading that several wait for. It is given up when the last of them goes. */
export type SharedReading = {join(options: IndexOptions): Promise<LayerIndex>};

/** `onEnd` is told when nobody may join any more. */
export const createSharedReading = (
	read: (options: IndexOptions) => Promise<LayerIndex>,
	onEnd: () => void,
): SharedReading & {readonly settled: Promise<LayerIndex>} => {
	const controller = new AbortController();
	const listeners = new Set<(progress: LayerProgress) => void>();
	let waiting = 0;
	const settled = read({
		signal: controller.signal,
		onProgress: progress => {
			for (const listener of listeners) listener(progress);
		},
	});
	// Those who joined hear of a failure; when all have gone, nobody needs to.
	settled.then(onEnd, onEnd);
	return {
		settled,
		async join({signal, onProgress}) {
			signal?.throwIfAborted();
			const left = Promise.withResolvers<never>();
			const leave = (): void => left.reject(signal?.reason);
			signal?.addEventListener('abort', leave, {once: true});
			if (onProgress !== undefined) listeners.add(onProgress);
			waiting++;
			try {
				return await Promise.race([settled, left.promise]);
			} finally {
				signal?.removeEventListener('abort', leave);
				if (onProgress !== undefined) listeners.delete(onProgress);
				waiting--;
				if (waiting === 0) {
					onEnd();
					controller.abort();
				}
			}
		},
	};
};

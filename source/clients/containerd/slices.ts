import {setImmediate} from 'node:timers/promises';

/** A third of what a keystroke may wait behind (50 ms). */
const sliceMs = 15;

/** Gather items into batches that took at most `sliceMs` to make, and let the event loop turn between them. */
export const inSlices = async function* <Item>(items: AsyncIterable<Item> | Iterable<Item>, now: () => number = performance.now.bind(performance)): AsyncGenerator<readonly Item[], void, void> {
	let batch: Item[] = [];
	let started = now();
	for await (const item of items) {
		batch.push(item);
		if (now() - started < sliceMs) continue;
		yield batch;
		batch = [];
		await setImmediate();
		started = now();
	}

	if (batch.length > 0) yield batch;
};

import {expect, test} from 'vitest';
import {inSlices} from '../../../source/clients/containerd/slices.ts';

/** A clock that moves when an item is made, by what making it takes. */
const made = (count: number, costMs: number) => {
	let time = 0;
	const items = function* (): Generator<number> {
		for (let item = 0; item < count; item += 1) {
			time += costMs;
			yield item;
		}
	};
	return {items: items(), now: () => time};
};

test.each([
	['dear items come few at a time', 9, 5, [3, 3, 3]],
	['one that takes longer than a slice comes alone', 3, 40, [1, 1, 1]],
	['cheap ones come together', 100, 0.1, [100]],
	['the rest of a slice comes too', 7, 5, [3, 3, 1]],
	['none are no batch', 0, 5, []],
])('%s', async (_title, count, costMs, sizes) => {
	const {items, now} = made(count, costMs);
	const batches: Array<readonly number[]> = [];
	for await (const batch of inSlices(items, now)) batches.push(batch);
	expect(batches.map((batch) => batch.length)).toEqual(sizes);
	expect(batches.flat()).toEqual(Array.from({length: count}, (_, index) => index));
});

test('the event loop turns between two batches', async () => {
	const {items, now} = made(6, 5);
	const order: string[] = [];
	for await (const batch of inSlices(items, now)) {
		order.push(`batch of ${batch.length}`);
		setImmediate(() => order.push('somebody else'));
	}
	expect(order.slice(0, 3)).toEqual(['batch of 3', 'somebody else', 'batch of 3']);
});

/** Results in the order of the items, a few at a time: one call per container is what a daemon with thousands must not get at once. */
export const inParallel = async <Item, Result>(
	items: readonly Item[],
	run: (item: Item) => Promise<Result>,
	limit = 16,
): Promise<readonly Result[]> => {
	const results = new Array<Result>(items.length);
	let next = 0;
	const worker = async () => {
		while (next < items.length) {
			const at = next++;
			results[at] = await run(items[at] as Item);
		}
	};
	await Promise.all(Array.from({length: Math.min(limit, items.length)}, worker));
	return results;
};

import {archiveHeadBytes, isArchiveHead} from '../../model/archive-head.ts';

/** What `build -` is given: an archive, or a Dockerfile with nothing to copy from. */
export type StdinContext = {readonly archive: AsyncIterable<Uint8Array>} | {readonly dockerfile: Uint8Array};

export const readStdinContext = async (stdin: AsyncIterable<Uint8Array>): Promise<StdinContext> => {
	const iterator = stdin[Symbol.asyncIterator]();
	const head: Uint8Array[] = [];
	let isOver = false;
	for (let size = 0; size < archiveHeadBytes && !isOver; ) {
		const next = await iterator.next();
		isOver = next.done === true;
		if (next.done === true) break;
		head.push(Buffer.from(next.value));
		size += next.value.length;
	}

	const rest = async function* (): AsyncGenerator<Uint8Array> {
		yield* head;
		while (!isOver) {
			const next = await iterator.next();
			if (next.done === true) return;
			yield Buffer.from(next.value);
		}
	};
	if (isArchiveHead(Buffer.concat(head))) return {archive: rest()};
	const all: Uint8Array[] = [];
	for await (const bytes of rest()) all.push(bytes);
	return {dockerfile: Buffer.concat(all)};
};

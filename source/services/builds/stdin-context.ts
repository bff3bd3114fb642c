import type {BuildRequest} from './types.ts';

/** Enough to tell an archive by: tar has its mark at 257. */
const peekBytes = 512;

const starts = (bytes: Uint8Array, ...mark: readonly number[]): boolean => mark.every((byte, at) => bytes[at] === byte);

/** Whether the bytes begin a tar archive, packed or not. */
export const isArchive = (bytes: Uint8Array): boolean =>
	starts(bytes, 0x1f, 0x8b) ||
	starts(bytes, 0x42, 0x5a, 0x68) ||
	starts(bytes, 0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00) ||
	starts(bytes, 0x28, 0xb5, 0x2f, 0xfd) ||
	Buffer.from(bytes.subarray(257, 262)).toString('latin1') === 'ustar';

/** What `build -` is given: an archive, or a Dockerfile with nothing to copy from. */
export type StdinContext = {readonly archive: AsyncIterable<Uint8Array>} | {readonly dockerfile: Uint8Array};

export const readStdinContext = async (stdin: AsyncIterable<Uint8Array>): Promise<StdinContext> => {
	const iterator = stdin[Symbol.asyncIterator]();
	const head: Uint8Array[] = [];
	let isOver = false;
	for (let size = 0; size < peekBytes && !isOver; ) {
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
	if (isArchive(Buffer.concat(head))) return {archive: rest()};
	const all: Uint8Array[] = [];
	for await (const bytes of rest()) all.push(bytes);
	return {dockerfile: Buffer.concat(all)};
};

/** The name of the archive of a context among what is uploaded. */
export const contextUpload = 'context';

export const uploadsOf = ({archive}: Pick<BuildRequest, 'archive'>): ReadonlyMap<string, AsyncIterable<Uint8Array>> => (archive === undefined ? new Map() : new Map([[contextUpload, archive]]));

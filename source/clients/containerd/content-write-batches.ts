import type {ContentSource} from './types.ts';

/** Small enough to be fair to other calls on the connection, big enough that the work per message does not show. */
const batchBytes = 1024 * 1024;

/** From a slow source bytes go on after this long, however few: they show as progress, and the next attempt need not fetch them again. */
const patienceMs = 250;

type Write = (pieces: readonly Uint8Array[], bytes: number) => Promise<void>;
type Race = <Value>(promise: Promise<Value>) => Promise<Value>;

const cut = function* (piece: Uint8Array): Generator<Uint8Array> {
	for (let start = 0; start < piece.byteLength; start += batchBytes) yield piece.subarray(start, start + batchBytes);
};

/**
The source's pieces, gathered into messages without being copied. `race` is how waiting for a slow source ends early. What was
gathered when the source fails is still written, and only then the source's failure thrown.
*/
export const batchesOf = async (source: ContentSource, write: Write, race: Race): Promise<void> => {
	const iterator = Symbol.asyncIterator in source ? source[Symbol.asyncIterator]() : source[Symbol.iterator]();
	let pieces: Uint8Array[] = [];
	let bytes = 0;
	let since = performance.now();
	let isDone = false;

	const flush = async (): Promise<void> => {
		const [sent, length] = [pieces, bytes];
		pieces = [];
		bytes = 0;
		since = performance.now();
		if (length > 0) await write(sent, length);
	};

	const gather = async (piece: Uint8Array): Promise<void> => {
		if (bytes + piece.byteLength > batchBytes) await flush();
		pieces.push(piece);
		bytes += piece.byteLength;
		if (bytes === batchBytes || performance.now() - since > patienceMs) await flush();
	};

	try {
		for (;;) {
			const next = await race(Promise.resolve(iterator.next()).catch(async (error: unknown) => {
				await flush();
				throw error;
			}));
			if (next.done === true) break;
			for (const piece of cut(next.value)) await gather(piece);
		}

		isDone = true;
		await flush();
	} finally {
		// Not waited for: a source that hangs would hang here too.
		if (!isDone) void Promise.resolve(iterator.return?.()).catch(() => {});
	}
};

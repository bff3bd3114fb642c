/** What is no larger is copied together: twenty thousand messages of a few dozen bytes are a hundred pieces then. */
const smallBytes = 1024;

const blockBytes = 32 * 1024;

/** Bytes of one stream that wait to go out, in their order. */
export type Waiting = {
	length(): number;
	/** Nobody may change it any more. */
	push(piece: Uint8Array): void;
	/** Copies the first `count` of them to where they are wanted; there must be so many. */
	take(into: Buffer, from: number, count: number): void;
	clear(): void;
};

const nothing = new Uint8Array(0);

export const createWaiting = (): Waiting => {
	let pieces: Uint8Array[] = [];
	/** The piece that is next, and how much of it has been taken. */
	let next = 0;
	let at = 0;
	let length = 0;
	let block = Buffer.alloc(0);
	/** Of the block: up to where it is among the pieces, and up to where it is written. */
	let sealed = 0;
	let filled = 0;

	const seal = (): void => {
		if (filled > sealed) pieces.push(block.subarray(sealed, filled));
		sealed = filled;
	};

	/** Taking the first off an array moves all others, which with many of them is most of the work. */
	const forget = (): void => {
		if (next < pieces.length && next < 1024) return;
		pieces = pieces.slice(next);
		next = 0;
	};

	return {
		length: () => length,
		push: piece => {
			length += piece.length;
			if (piece.length > smallBytes) {
				seal();
				pieces.push(piece);
				return;
			}

			if (filled + piece.length > block.length) {
				seal();
				block = Buffer.allocUnsafeSlow(blockBytes);
				sealed = 0;
				filled = 0;
			}

			block.set(piece, filled);
			filled += piece.length;
		},
		take: (into, from, count) => {
			seal();
			let to = from;
			for (let missing = count; missing > 0;) {
				const piece = pieces[next]!;
				const part = piece.subarray(at, at + missing);
				into.set(part, to);
				to += part.length;
				missing -= part.length;
				at += part.length;
				if (at < piece.length) continue;
				pieces[next++] = nothing;
				at = 0;
			}

			length -= count;
			forget();
		},
		clear: () => {
			pieces = [];
			next = 0;
			at = 0;
			length = 0;
			sealed = filled;
		},
	};
};

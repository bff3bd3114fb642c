/**
How many bits the code of each byte has, by RFC 7541, appendix B; the last one is the end of string. The code is canonical, so that the
lengths are all there is to know: among codes of one length they count up in the order of the bytes.
*/
const lengths: readonly number[] = [
	...[13, 23, 28, 28, 28, 28, 28, 28, 28, 24, 30, 28, 28, 30, 28, 28],
	...[28, 28, 28, 28, 28, 28, 30, 28, 28, 28, 28, 28, 28, 28, 28, 28],
	...[6, 10, 10, 12, 13, 6, 8, 11, 10, 10, 8, 11, 8, 6, 6, 6],
	...[5, 5, 5, 6, 6, 6, 6, 6, 6, 6, 7, 8, 15, 6, 12, 10],
	...[13, 6, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7],
	...[7, 7, 7, 7, 7, 7, 7, 7, 8, 7, 8, 13, 19, 13, 14, 6],
	...[15, 5, 6, 5, 6, 5, 6, 6, 6, 5, 7, 7, 6, 6, 6, 5],
	...[6, 7, 6, 5, 5, 6, 7, 7, 7, 7, 7, 15, 11, 14, 13, 28],
	...[20, 22, 20, 20, 22, 22, 22, 23, 22, 23, 23, 23, 23, 23, 24, 23],
	...[24, 24, 22, 23, 24, 23, 23, 23, 23, 21, 22, 23, 22, 23, 23, 24],
	...[22, 21, 20, 22, 22, 23, 23, 21, 23, 22, 22, 24, 21, 22, 23, 23],
	...[21, 21, 22, 21, 23, 22, 23, 23, 20, 22, 22, 22, 23, 22, 22, 23],
	...[26, 26, 20, 19, 22, 23, 22, 25, 26, 26, 26, 27, 27, 26, 24, 25],
	...[19, 21, 26, 27, 27, 26, 27, 24, 21, 21, 26, 26, 28, 27, 27, 27],
	...[20, 24, 20, 21, 22, 21, 21, 23, 22, 22, 25, 25, 24, 24, 26, 23],
	...[26, 27, 26, 26, 27, 27, 27, 27, 27, 28, 27, 27, 27, 27, 27, 26],
	30,
];

const endOfString = 256;

/** Two numbers per node, for a zero and a one: the next node, or `-1 - byte` at a leaf. */
const makeTree = (): readonly number[] => {
	const nodes = [0, 0];
	const insert = (code: number, length: number, byte: number): void => {
		let node = 0;
		for (let bit = length - 1; bit >= 0; bit--) {
			const at = node * 2 + ((code >>> bit) & 1);
			if (bit === 0) nodes[at] = -1 - byte;
			else {
				if (nodes[at] === 0) {
					nodes[at] = nodes.length / 2;
					nodes.push(0, 0);
				}

				node = nodes[at]!;
			}
		}
	};

	let code = 0;
	for (let length = 1; length <= 30; length++) {
		for (const [byte, bits] of lengths.entries()) if (bits === length) insert(code++, length, byte);
		code *= 2;
	}

	return nodes;
};

/** Not before something is packed: who speaks to a daemon for a moment may never come by it. */
let tree: readonly number[] | undefined;

/** Throws on what no encoder writes: an end of string within, or padding that is not the beginning of its code. */
export const decodeHuffman = (bytes: Uint8Array): Buffer => {
	// The shortest code has five bits.
	const out = Buffer.allocUnsafe(Math.floor((bytes.length * 8) / 5));
	let length = 0;
	let node = 0;
	let pending = 0;
	let isPadding = true;
	tree ??= makeTree();
	for (const byte of bytes) {
		for (let bit = 7; bit >= 0; bit--) {
			const value = (byte >>> bit) & 1;
			pending++;
			isPadding &&= value === 1;
			const next = tree[node * 2 + value]!;
			if (next >= 0) node = next;
			else {
				if (next === -1 - endOfString) throw new Error('an end of string within a string');
				out[length++] = -1 - next;
				node = 0;
				pending = 0;
				isPadding = true;
			}
		}
	}

	if (pending > 7 || !isPadding) throw new Error('a string that ends within a code');
	return out.subarray(0, length);
};

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

const longest = 30;

/** How many codes of each length there are, and the bytes in the order of their codes. */
const makeTables = (): {readonly counts: readonly number[]; readonly bytes: readonly number[]} => {
	const ofLength: number[][] = Array.from({length: longest + 1}, () => []);
	for (let byte = 0; byte < lengths.length; byte++) ofLength[lengths[byte]!]!.push(byte);
	return {counts: ofLength.map(each => each.length), bytes: ofLength.flat()};
};

/** Not made before something is packed: who speaks to a daemon for a moment has no time for what it does not need. */
let tables: ReturnType<typeof makeTables> | undefined;

/** Throws on what no encoder writes: an end of string within, or padding that is not the beginning of its code. */
export const decodeHuffman = (packed: Uint8Array): Buffer => {
	tables ??= makeTables();
	const {counts, bytes} = tables;
	// The shortest code has five bits.
	const out = Buffer.allocUnsafe(Math.floor((packed.length * 8) / 5));
	let written = 0;
	/** Of the code that has been read so far: its value, its length, the first code of that length, and how many codes are shorter. */
	let code = 0;
	let length = 0;
	let first = 0;
	let before = 0;
	let isPadding = true;
	for (const byte of packed) {
		for (let bit = 7; bit >= 0; bit--) {
			const value = (byte >>> bit) & 1;
			isPadding &&= value === 1;
			code = code * 2 + value;
			first *= 2;
			length++;
			const count = counts[length]!;
			if (code - first >= count) {
				first += count;
				before += count;
				continue;
			}

			const found = bytes[before + code - first]!;
			if (found === endOfString) throw new Error('an end of string within a string');
			out[written++] = found;
			code = 0;
			length = 0;
			first = 0;
			before = 0;
			isPadding = true;
		}
	}

	if (length > 7 || !isPadding) throw new Error('a string that ends within a code');
	return out.subarray(0, written);
};

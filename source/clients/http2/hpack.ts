import {decodeHuffman} from './huffman.ts';
import {staticTable} from './static-table.ts';

export type Header = readonly [name: string, value: string];

/** What every entry of the table costs beside its bytes, by RFC 7541, 4.1. */
const entryOverhead = 32;

export type HeaderDecoder = {
	/** The headers of one whole block, repeated ones as often as they were sent. Throws when it is no HPACK: the connection is lost then. */
	decode(block: Buffer): readonly Header[];
};

/** Bytes as latin-1: each byte stays one character, and gRPC's values are ASCII. */
const textOf = (bytes: Uint8Array): string => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');

const createCursor = (block: Buffer) => {
	let at = 0;
	const byte = (): number => {
		const value = block[at++];
		if (value === undefined) throw new Error('a header block that ends too early');
		return value;
	};

	const integer = (first: number, prefixBits: number): number => {
		const most = 2 ** prefixBits - 1;
		let value = first & most;
		if (value < most) return value;
		for (let scale = 1; ; scale *= 128) {
			if (scale > 2 ** 28) throw new Error('a number in a header block that is too large');
			const next = byte();
			value += (next & 127) * scale;
			if (next < 128) return value;
		}
	};

	const string = (): string => {
		const first = byte();
		const length = integer(first, 7);
		if (at + length > block.length) throw new Error('a header block that ends too early');
		const bytes = block.subarray(at, at + length);
		at += length;
		return textOf(first >= 128 ? decodeHuffman(bytes) : bytes);
	};

	return {byte, integer, string, isAtEnd: () => at >= block.length};
};

/** `maxTableBytes` is what our SETTINGS allow the other side to fill; `maxBytes` bounds what one block may unpack to. */
export const createHeaderDecoder = (maxTableBytes = 4096, maxBytes = 4 * 1024 * 1024): HeaderDecoder => {
	let table: Header[] = [];
	let tableBytes = 0;
	let limit = maxTableBytes;
	const costOf = ([name, value]: Header): number => name.length + value.length + entryOverhead;

	const shrink = (): void => {
		while (tableBytes > limit) tableBytes -= costOf(table.pop()!);
	};

	const remember = (header: Header): void => {
		table = [header, ...table];
		tableBytes += costOf(header);
		shrink();
	};

	const entry = (index: number): Header => {
		const found = index <= staticTable.length ? staticTable[index - 1] : table[index - staticTable.length - 1];
		if (found === undefined) throw new Error(`a header of number ${index}, which there is not`);
		return found;
	};

	return {
		decode: block => {
			const cursor = createCursor(block);
			const headers: Header[] = [];
			let bytes = 0;
			const add = (header: Header): Header => {
				bytes += costOf(header);
				if (bytes > maxBytes) throw new Error(`more than ${maxBytes} bytes of headers`);
				headers.push(header);
				return header;
			};

			while (!cursor.isAtEnd()) {
				const first = cursor.byte();
				if (first >= 0x80) add(entry(cursor.integer(first, 7)));
				else if (first >= 0x20 && first < 0x40) {
					const wanted = cursor.integer(first, 5);
					if (headers.length > 0 || wanted > maxTableBytes) throw new Error('a table of headers that may not be so large');
					limit = wanted;
					shrink();
				} else {
					const isKept = first >= 0x40;
					const index = cursor.integer(first, isKept ? 6 : 4);
					const name = index === 0 ? cursor.string() : entry(index)[0];
					const header = add([name, cursor.string()]);
					if (isKept) remember(header);
				}
			}

			return headers;
		},
	};
};

const integerOf = (value: number, prefixBits: number, flags: number): number[] => {
	const most = 2 ** prefixBits - 1;
	if (value < most) return [flags | value];
	const bytes = [flags | most];
	for (let rest = value - most; ; rest = Math.floor(rest / 128)) {
		if (rest < 128) return [...bytes, rest];
		bytes.push((rest % 128) + 128);
	}
};

const stringOf = (text: string): Buffer => {
	const bytes = Buffer.from(text, 'latin1');
	return Buffer.concat([Buffer.from(integerOf(bytes.length, 7, 0)), bytes]);
};

/** RFC 9110, 5.5: bytes, and none that could end the field. Anything else would arrive as another value. */
const fieldValue = /^[\t\x20-\x7e\x80-\xff]*$/;

const encodeHeader = (name: string, value: string): Buffer => {
	if (!fieldValue.test(value)) throw new Error(`the header ${name} can not be ${JSON.stringify(value)}`);
	const whole = staticTable.findIndex(entry => entry[0] === name && entry[1] === value) + 1;
	return whole > 0 ? Buffer.from([0x80 | whole]) : Buffer.concat([Buffer.from([0]), stringOf(name), stringOf(value)]);
};

/** Those that one call has and the next as well, which are nearly all; and what they are on the wire, where nothing may change them. */
const encoded = new Map<string, Buffer>();
const mostEncoded = 256;

const encodeOnce = ([name, value]: Header): Buffer => {
	const key = `${name}\n${value}`;
	const known = encoded.get(key);
	if (known !== undefined) return known;
	const bytes = encodeHeader(name, value);
	if (encoded.size >= mostEncoded) encoded.clear();
	encoded.set(key, bytes);
	return bytes;
};

/** Nothing is remembered by the other side, and nothing packed: what gRPC says in headers is a hundred bytes a call. */
export const encodeHeaders = (headers: readonly Header[]): Buffer => Buffer.concat(headers.map(encodeOnce));

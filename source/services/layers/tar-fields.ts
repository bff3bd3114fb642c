import {isUtf8} from 'node:buffer';

/** POSIX.1-1988 ustar header, one block. Offsets in bytes. */
export const blockBytes = 512;

/** Text up to the first NUL. What is not UTF-8 is read as Latin-1, so that two names that differ stay two names. */
export const textAt = (block: Buffer, from: number, length: number): string => {
	let end = from;
	let isAscii = true;
	for (const most = from + length; end < most; end++) {
		const byte = block[end] as number;
		if (byte === 0) break;
		if (byte >= 0x80) isAscii = false;
	}
	return isAscii ? block.toString('latin1', from, end) : decode(block.subarray(from, end));
};

export const decode = (bytes: Buffer): string => (isUtf8(bytes) ? bytes.toString('utf8') : bytes.toString('latin1'));

/** Octal, or GNU's base 256 when the first bit is set. Negative numbers mean nothing here and are 0. */
export const numberAt = (block: Buffer, from: number, length: number): number => {
	const first = block[from] as number;
	if ((first & 0x80) !== 0) {
		if ((first & 0x40) !== 0) return 0;
		let value = first & 0x3f;
		for (let at = from + 1; at < from + length; at++) value = value * 256 + (block[at] as number);
		return value;
	}
	let value = 0;
	let hasDigits = false;
	for (let at = from; at < from + length; at++) {
		const digit = (block[at] as number) - 0x30;
		if (digit >= 0 && digit <= 7) {
			value = value * 8 + digit;
			hasDigits = true;
		} else if (hasDigits) break;
	}
	return value;
};

const sumFrom = 148;

/** Old tars summed signed bytes. */
export const hasValidChecksum = (block: Buffer): boolean => {
	let unsigned = 8 * 0x20;
	let signed = unsigned;
	for (let at = 0; at < blockBytes; at++) {
		if (at === sumFrom) at += 8;
		const byte = block[at] as number;
		unsigned += byte;
		signed += byte < 0x80 ? byte : byte - 0x100;
	}
	const claimed = numberAt(block, sumFrom, 8);
	return claimed === unsigned || claimed === signed;
};

/** Records of a pax header: `LENGTH KEY=VALUE\n`. A record that does not hold what it says ends the list. */
export const paxRecords = (body: Buffer): ReadonlyMap<string, string> => {
	const records = new Map<string, string>();
	for (let at = 0; at < body.length; ) {
		const blank = body.indexOf(0x20, at);
		const length = blank < 0 ? Number.NaN : Number(body.toString('latin1', at, blank));
		const equals = body.indexOf(0x3d, blank);
		if (!Number.isSafeInteger(length) || equals < 0 || length <= equals - at || at + length > body.length) break;
		records.set(decode(body.subarray(blank + 1, equals)), decode(body.subarray(equals + 1, at + length - 1)));
		at += length;
	}
	return records;
};

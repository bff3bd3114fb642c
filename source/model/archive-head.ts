const blockBytes = 512;

/** So much of a file tells whether it is an archive. */
export const archiveHeadBytes = blockBytes;

const begins = (head: Uint8Array, bytes: readonly number[]): boolean => bytes.every((byte, index) => head[index] === byte);

/** gzip, bzip2, xz, zstd: what BuildKit unpacks. */
const compressed = [
	[0x1f, 0x8b, 0x08],
	[0x42, 0x5a, 0x68],
	[0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00],
	[0x28, 0xb5, 0x2f, 0xfd],
] as const;

const checksumAt = 148;
const checksumBytes = 8;

/** A tar has no magic number that all writers of tars know of. What all write is the sum of the first header's bytes, its own place counted as blanks. */
const isTarHeader = (head: Uint8Array): boolean => {
	if (head.length < blockBytes) return false;
	const said = /^[ \0]*([0-7]+)[ \0]/.exec(String.fromCharCode(...head.subarray(checksumAt, checksumAt + checksumBytes)))?.[1];
	if (said === undefined) return false;
	const sum = head.subarray(0, blockBytes).reduce((total, byte, index) => total + (index >= checksumAt && index < checksumAt + checksumBytes ? 0x20 : byte), 0);
	return sum === Number.parseInt(said, 8);
};

/** Whether what begins so is a tar, compressed or not, and no text. */
export const isArchiveHead = (head: Uint8Array): boolean => compressed.some(bytes => begins(head, bytes)) || isTarHeader(head);

const blockBytes = 512;

/** So much of a file tells whether it is an archive. */
export const archiveHeadBytes = blockBytes;

const begins = (head: Uint8Array, bytes: readonly number[]): boolean => bytes.every((byte, index) => head[index] === byte);

export type ArchiveKind = 'gzip' | 'bzip2' | 'xz' | 'zstd' | 'tar';

const compressed: ReadonlyArray<readonly [ArchiveKind, readonly number[]]> = [
	['gzip', [0x1f, 0x8b, 0x08]],
	['bzip2', [0x42, 0x5a, 0x68]],
	['xz', [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00]],
	['zstd', [0x28, 0xb5, 0x2f, 0xfd]],
];

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

/** What begins so: a tar, or what is taken for a compressed one. Undefined: text. */
export const archiveKindOf = (head: Uint8Array): ArchiveKind | undefined => compressed.find(([, bytes]) => begins(head, bytes))?.[0] ?? (isTarHeader(head) ? 'tar' : undefined);

import type {BigIntStats} from 'node:fs';
import {constants} from 'node:fs';
import type {Stat} from '../../../protocol/generated/buildkit-fsutil.ts';

/** Go's os.FileMode keeps what kind of file it is in its upper bits, where the kernel has it in the middle ones. */
export const goMode = {dir: 0x80_00_00_00, symlink: 0x08_00_00_00, device: 0x04_00_00_00, fifo: 0x02_00_00_00, character: 0x00_20_00_00} as const;

const goBits: ReadonlyArray<readonly [kernel: number, go: number]> = [
	[0o4000, 0x00_80_00_00],
	[0o2000, 0x00_40_00_00],
	[0o1000, 0x00_10_00_00],
];

const goKinds: Readonly<Record<number, number>> = {
	[constants.S_IFDIR]: goMode.dir,
	[constants.S_IFLNK]: goMode.symlink,
	[constants.S_IFBLK]: goMode.device,
	[constants.S_IFCHR]: goMode.device + goMode.character,
	[constants.S_IFIFO]: goMode.fifo,
};

/** A socket becomes an empty file: no archive can hold it. */
export const toGoMode = (mode: number): number =>
	goBits.reduce((sum, [kernel, go]) => sum + ((mode & kernel) === 0 ? 0 : go), (mode & 0o777) + (goKinds[mode & constants.S_IFMT] ?? 0));

/** Without the kind: what chmod takes. */
export const toKernelMode = (mode: number): number => goBits.reduce((sum, [kernel, go]) => sum + ((mode & go) === 0 ? 0 : kernel), mode & 0o777);

const kindBits = 0x8f_28_00_00;

export type Kind = 'folder' | 'symlink' | 'device' | 'fifo' | 'file' | 'other';

export const kindOf = (mode: number): Kind => {
	const kind = (mode & kindBits) >>> 0;
	if (kind === 0) return 'file';
	if (kind === goMode.dir) return 'folder';
	if (kind === goMode.symlink) return 'symlink';
	if (kind === goMode.fifo) return 'fifo';
	return kind === goMode.device || kind === goMode.device + goMode.character ? 'device' : 'other';
};

/** glibc's way of packing device numbers, in the part of it that Linux uses. */
const major = (device: bigint): bigint => (device >> 8n) & 0xf_ffn;
const minor = (device: bigint): bigint => (device & 0xffn) | ((device >> 12n) & 0xf_ff_00n);

export type Link = {readonly target: Buffer} | {readonly sameAs: Buffer} | undefined;

/** Whoever owns it here is nobody in an image: like the other clients we send root. */
export const toStat = (path: Buffer, stats: BigIntStats, link: Link): Stat => {
	const isDevice = stats.isBlockDevice() || stats.isCharacterDevice();
	return {
		path,
		mode: toGoMode(Number(stats.mode)),
		uid: 0,
		gid: 0,
		size: stats.isDirectory() ? 0n : stats.size,
		modTime: stats.mtimeNs,
		linkname: link === undefined ? Buffer.alloc(0) : 'target' in link ? link.target : link.sameAs,
		devmajor: isDevice ? major(stats.rdev) : 0n,
		devminor: isDevice ? minor(stats.rdev) : 0n,
		xattrs: {},
	};
};

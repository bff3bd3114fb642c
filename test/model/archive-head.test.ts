import {pack} from 'tar-stream';
import {buffer} from 'node:stream/consumers';
import {gzipSync, zstdCompressSync} from 'node:zlib';
import {expect, test} from 'vitest';
import {archiveHeadBytes, archiveKindOf} from '../../source/model/archive-head.ts';

const tar = async (): Promise<Buffer> => {
	const archive = pack();
	archive.entry({name: 'Dockerfile'}, 'FROM scratch\n');
	archive.finalize();
	return buffer(archive);
};

/** As tars were before POSIX: the same fields, and no magic. */
const oldTar = (whole: Buffer): Buffer => {
	const head = Buffer.from(whole.subarray(0, archiveHeadBytes));
	head.fill(0, 257);
	head.fill(' ', 148, 156);
	head.write(`${head.reduce((sum, byte) => sum + byte, 0).toString(8).padStart(6, '0')}\0 `, 148);
	return head;
};

test('tars of every age, and what they are compressed with, are archives', async () => {
	const whole = await tar();
	expect(archiveKindOf(whole)).toBe('tar');
	expect(archiveKindOf(oldTar(whole))).toBe('tar');
	expect(archiveKindOf(gzipSync(whole))).toBe('gzip');
	expect(archiveKindOf(zstdCompressSync(whole))).toBe('zstd');
	expect(archiveKindOf(Buffer.from('BZh91AY&SY'))).toBe('bzip2');
	expect(archiveKindOf(Buffer.from('\u00FD7zXZ\0\0', 'latin1'))).toBe('xz');
});

test('a Dockerfile is none, however long, nor is nothing, nor a tar with a byte that is wrong', async () => {
	const broken = await tar();
	broken[0]! ^= 1;
	expect(archiveKindOf(broken)).toBe(undefined);
	expect(archiveKindOf(Buffer.alloc(0))).toBe(undefined);
	expect(archiveKindOf(Buffer.alloc(archiveHeadBytes))).toBe(undefined);
	expect(archiveKindOf(Buffer.from('FROM scratch\n'))).toBe(undefined);
	expect(archiveKindOf(Buffer.from('# a comment that goes on\n'.repeat(100)))).toBe(undefined);
});

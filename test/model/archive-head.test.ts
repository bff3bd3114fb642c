import {pack} from 'tar-stream';
import {buffer} from 'node:stream/consumers';
import {gzipSync, zstdCompressSync} from 'node:zlib';
import {expect, test} from 'vitest';
import {archiveHeadBytes, isArchiveHead} from '../../source/model/archive-head.ts';

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
	expect(isArchiveHead(whole)).toBe(true);
	expect(isArchiveHead(oldTar(whole))).toBe(true);
	expect(isArchiveHead(gzipSync(whole))).toBe(true);
	expect(isArchiveHead(zstdCompressSync(whole))).toBe(true);
	expect(isArchiveHead(Buffer.from('BZh91AY&SY'))).toBe(true);
	expect(isArchiveHead(Buffer.from('\u00FD7zXZ\0\0', 'latin1'))).toBe(true);
});

test('a Dockerfile is none, however long, nor is nothing, nor a tar with a byte that is wrong', async () => {
	const broken = await tar();
	broken[0]! ^= 1;
	expect(isArchiveHead(broken)).toBe(false);
	expect(isArchiveHead(Buffer.alloc(0))).toBe(false);
	expect(isArchiveHead(Buffer.alloc(archiveHeadBytes))).toBe(false);
	expect(isArchiveHead(Buffer.from('FROM scratch\n'))).toBe(false);
	expect(isArchiveHead(Buffer.from('# a comment that goes on\n'.repeat(100)))).toBe(false);
});

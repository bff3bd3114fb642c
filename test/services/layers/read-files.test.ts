import {gzipSync} from 'node:zlib';
import {describe, expect, it} from 'vitest';
import {tar} from '../../../scripts/lab/tar.ts';
import type {Descriptor} from '../../../source/model/image.ts';
import {createLayers} from '../../../source/services/layers/index.ts';

type Entries = Parameters<typeof tar>[0];

const file = (path: string, content: string) => ({kind: 'file' as const, path, content});
const folder = (path: string) => ({kind: 'folder' as const, path});
const link = (path: string, target: string) => ({kind: 'symlink' as const, path, target});

/** A content store of these layers, the lowest first, in pieces of `piece` bytes. */
const image = (layers: readonly Entries[], {piece = 600, compress = gzipSync as (bytes: Uint8Array) => Uint8Array} = {}) => {
	const blobs = new Map<string, Uint8Array>(layers.map((entries, at) => [`sha256:${at}`, compress(tar(entries))]));
	const reads: string[] = [];
	const sent = {bytes: 0};
	async function* read(_: string, digest: string): AsyncGenerator<Uint8Array> {
		reads.push(digest.slice(-1));
		const bytes = blobs.get(digest) ?? new Uint8Array();
		for (let at = 0; at < bytes.length; at += piece) {
			const part = bytes.subarray(at, at + piece);
			sent.bytes += part.length;
			yield part;
		}
	}
	const descriptors = [...blobs].map(([digest, bytes]): Descriptor => ({mediaType: 'application/vnd.oci.image.layer.v1.tar+gzip', digest, sizeBytes: bytes.length, annotations: {}}));
	const service = createLayers({containerd: {content: {read}}});
	const files = async (...paths: readonly string[]) => Object.fromEntries(await service.readFiles('default', descriptors, paths));
	return {files, reads, sent, blobs};
};

const base = [folder('etc'), file('etc/passwd', 'root:x:0:0'), file('etc/group', 'root:x:0:')];

describe('files of an image', () => {
	it.each<[string, readonly Entries[], Record<string, string>]>([
		['one layer', [base], {'etc/passwd': 'root:x:0:0', 'etc/group': 'root:x:0:'}],
		['the upper one wins', [base, [file('etc/passwd', 'app')]], {'etc/passwd': 'app', 'etc/group': 'root:x:0:'}],
		['a whiteout hides', [base, [file('etc/.wh.passwd', '')]], {'etc/group': 'root:x:0:'}],
		['a whiteout above hides', [base, [file('.wh.etc', '')]], {}],
		['an opaque mark hides what is below', [base, [folder('etc'), file('etc/.wh..wh..opq', ''), file('etc/group', 'new')]], {'etc/group': 'new'}],
		['an opaque mark spares what came before it', [base, [folder('etc'), file('etc/group', 'new'), file('etc/.wh..wh..opq', '')]], {'etc/group': 'new'}],
		['a file where the directory was', [base, [file('etc', 'x')]], {}],
		['an empty file is there', [[file('etc/passwd', '')]], {'etc/passwd': ''}],
		['a link', [[...base, file('usr/etc/passwd', 'linked')], [link('etc/passwd', '../usr/etc/passwd')]], {'etc/passwd': 'linked', 'etc/group': 'root:x:0:'}],
		['an absolute link', [[file('usr/etc/passwd', 'linked'), link('etc/passwd', '/usr/etc/passwd')]], {'etc/passwd': 'linked'}],
		['a link that wants out', [[file('secret', 'inside'), link('etc/passwd', '../../../../secret')]], {'etc/passwd': 'inside'}],
		['a linked directory', [[file('usr/etc/passwd', 'linked'), link('etc', 'usr/etc')]], {'etc/passwd': 'linked'}],
		['a circle', [[link('etc/passwd', 'group'), link('etc/group', 'passwd')]], {}],
		['a link to nothing', [[link('etc/passwd', 'nowhere')]], {}],
		['a directory is no file', [[folder('etc/passwd')]], {}],
		['a name with a dot', [[file('./etc/passwd', 'dotted')]], {'etc/passwd': 'dotted'}],
		['a file of many pieces', [[file('etc/passwd', 'x'.repeat(5000))]], {'etc/passwd': 'x'.repeat(5000)}],
	])('%s', async (_, layers, expected) => {
		expect(await image(layers).files('etc/passwd', 'etc/group')).toEqual(expected);
		expect(await image(layers, {compress: bytes => bytes, piece: 100_000}).files('etc/passwd', 'etc/group')).toEqual(expected);
	});

	it('reads no layer below the one that decides, and none twice', async () => {
		const {files, reads} = image([[file('etc/passwd', 'old')], base, [file('bin/sh', 'x')]]);
		await files('etc/passwd', 'etc/group');
		expect(reads).toEqual(['2', '1']);
		await files('etc/passwd', 'etc/group');
		expect(reads).toEqual(['2', '1']);
	});

	it('ends as soon as it has all', async () => {
		const noise = Array.from({length: 4000}, (_, at) => file(`usr/${at}`, `${at}`.repeat(50)));
		const {files, sent, blobs} = image([[...base, ...noise]], {compress: bytes => bytes, piece: 2000});
		expect(await files('etc/passwd')).toEqual({'etc/passwd': 'root:x:0:0'});
		expect(sent.bytes).toBeLessThan((blobs.get('sha256:0')?.length ?? 0) / 10);
	});

	it('refuses a file that nobody reads', async () => {
		await expect(image([[file('etc/passwd', 'x'.repeat(1024 * 1024 + 1))]]).files('etc/passwd')).rejects.toThrow('larger than 1 MiB');
	});

	it('says of a cut layer that it is damaged', async () => {
		const {files, blobs} = image([[file('srv/a', 'x'.repeat(3000)), file('etc/passwd', 'late')]], {compress: bytes => bytes});
		blobs.set('sha256:0', (blobs.get('sha256:0') ?? new Uint8Array()).subarray(0, 1500));
		await expect(files('etc/passwd')).rejects.toThrow('damaged');
	});
});

import {execFileSync} from 'node:child_process';
import {linkSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, truncateSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {constants, gzipSync, zstdCompressSync} from 'node:zlib';
import {afterEach, describe, expect, test} from 'vitest';
import {tar} from '../../../scripts/lab/tar.ts';
import {isFailure, sentence} from '../../../source/errors.ts';
import type {Descriptor} from '../../../source/model/image.ts';
import {createLayerIndexBuilder, entryAt, type LayerIndex} from '../../../source/model/layer-index.ts';
import {decompressionOf} from '../../../source/services/layers/decompress.ts';
import {createLayers} from '../../../source/services/layers/index.ts';

const descriptor = (bytes: Uint8Array, digest = 'sha256:0123456789abcdef', mediaType = 'application/vnd.oci.image.layer.v1.tar+gzip'): Descriptor => ({
	mediaType,
	digest,
	sizeBytes: bytes.length,
	annotations: {},
});

/** A content store of one blob, in pieces of `piece` bytes. */
const holding = (bytes: Uint8Array, piece = 700) => {
	const reads = {count: 0, bytes: 0};
	async function* read(): AsyncGenerator<Uint8Array> {
		reads.count++;
		for (let at = 0; at < bytes.length; at += piece) {
			const slice = bytes.subarray(at, at + piece);
			reads.bytes += slice.length;
			yield slice;
		}
	}
	return {reads, layers: createLayers({containerd: {content: {read}}})};
};

const index = async (bytes: Uint8Array, piece?: number): Promise<LayerIndex> => holding(bytes, piece).layers.index('default', descriptor(bytes));
const entries = (of: LayerIndex) => Array.from({length: of.count}, (_, at) => entryAt(of, at));
const failureOf = async (work: Promise<unknown>): Promise<unknown> =>
	work.then(
		() => undefined,
		(error: unknown) => error,
	);

const file = (path: string, content = 'x') => ({kind: 'file' as const, path, content});
const simple = tar([{kind: 'folder', path: 'etc'}, file('etc/passwd', 'root:x:0:0'), file('etc/.wh.shadow', ''), file('srv/.wh..wh..opq', ''), {kind: 'symlink', path: 'etc/mtab', target: '/proc/mounts'}]);
const simplePaths = ['etc directory', 'etc/passwd file', 'etc/shadow whiteout', 'srv opaque', 'etc/mtab symlink'];
const told = (of: LayerIndex) => entries(of).map(({path, kind}) => `${path} ${kind}`);

describe('the bytes of a layer', () => {
	const skippable = Buffer.from('502a4d1803000000aabbcc', 'hex');
	const empty = Buffer.from('5f2a4d1800000000', 'hex');
	const members = [simple.subarray(0, 1000), simple.subarray(1000)];
	test.each([
		['plain', simple],
		['gzip', gzipSync(simple)],
		['gzip of several members', Buffer.concat(members.map(part => gzipSync(part)))],
		['zstd', zstdCompressSync(simple)],
		['zstd of several frames', Buffer.concat(members.map(part => zstdCompressSync(part)))],
		['zstd with a checksum', zstdCompressSync(simple, {params: {[constants.ZSTD_c_checksumFlag]: 1}})],
		['zstd after an empty frame', Buffer.concat([zstdCompressSync(Buffer.alloc(0)), ...members.map(part => zstdCompressSync(part, {params: {[constants.ZSTD_c_checksumFlag]: 1}}))])],
		['zstd around skippable frames', Buffer.concat([skippable, ...members.flatMap(part => [zstdCompressSync(part), skippable, empty])])],
	])('%s', async (_, bytes) => {
		for (const piece of [1, 511, 513, 100_000]) expect(told(await index(bytes, piece))).toEqual(simplePaths);
	});

	test.each([
		['a torn gzip', gzipSync(simple).subarray(0, 60), 'do not decompress'],
		['a torn zstd', zstdCompressSync(simple).subarray(0, 60), 'do not decompress'],
		['a changed gzip', Buffer.concat([gzipSync(simple).subarray(0, -8), Buffer.alloc(8, 1)]), 'do not decompress'],
		['no tar', Buffer.alloc(2048, 7), 'a header has a wrong checksum'],
		['a torn tar', simple.subarray(0, 1030), 'it ends in the middle of an entry'],
		['nothing', Buffer.alloc(0), 'it has no bytes'],
	])('%s is said to be damaged', async (_, bytes, words) => {
		const failure = await failureOf(index(bytes));
		expect(isFailure(failure, 'invalid')).toBe(true);
		expect(sentence(failure)).toContain('Could not read the files of layer 0123456789ab: ');
		expect(sentence(failure)).toContain(words);
	});

	test('what can not be read says why', async () => {
		const {layers} = holding(simple);
		expect(isFailure(await failureOf(layers.index('default', descriptor(simple, 'sha256:1', 'application/vnd.oci.image.layer.v1.tar+gzip+encrypted'))), 'unsupported')).toBe(true);
		expect(() => decompressionOf(zstdCompressSync(simple), {})).toThrow('compressed with zstd, which this Node can not read');
	});
});

describe('what a hostile or odd tar says', () => {
	let dir: string | undefined;
	afterEach(() => {
		if (dir !== undefined) rmSync(dir, {recursive: true, force: true});
		dir = undefined;
	});

	test.each([
		['../../etc/passwd', 'etc/passwd'],
		['/absolute', 'absolute'],
		['./a//b/../c', 'a/c'],
		['a/..', undefined],
		['b/.wh..', undefined],
		['b/.wh...', undefined],
		['b/.wh..wh.plnk', undefined],
		['\u001b[31mred\n', '\u001b[31mred\n'],
		['..b/c..', '..b/c..'],
	])('%j is %j', async (path, cleaned) => {
		expect(entries(await index(tar([file(path)]))).map(entry => entry.path)).toEqual(cleaned === undefined ? [] : [cleaned]);
	});

	test.each(['ustar', 'gnu', 'pax', 'v7', 'oldgnu'])('GNU tar writes %s, and we read the same names', async format => {
		dir = mkdtempSync(join(tmpdir(), 'gantry-layers-'));
		const deep = format === 'v7' ? 'short' : join('d'.repeat(60), 'e'.repeat(60));
		mkdirSync(join(dir, deep), {recursive: true});
		const names = [join(deep, 'file'), ...(format === 'pax' || format.endsWith('gnu') ? [join(deep, `${'f'.repeat(200)}-ü`)] : [])];
		for (const name of names) writeFileSync(join(dir, name), 'twelve bytes');
		symlinkSync('../target', join(dir, 'link'));
		writeFileSync(join(dir, 'one'), 'twelve bytes');
		linkSync(join(dir, 'one'), join(dir, 'twin'));
		writeFileSync(join(dir, 'zz-sparse'), '');
		truncateSync(join(dir, 'zz-sparse'), 3_000_000);
		const bytes = execFileSync('tar', [`--format=${format}`, ...(format === 'pax' || format.endsWith('gnu') ? ['--sparse'] : []), '--sort=name', '-cf', '-', '-C', dir, '.'], {maxBuffer: 64 << 20});
		const listed = execFileSync('tar', ['-tf', '-', '--quoting-style=literal'], {input: bytes}).toString().trim().split('\n');
		const found = entries(await index(bytes, 4096));
		expect(found.map(({path}) => path)).toEqual(listed.map(path => path.replace(/^\.\//, '').replace(/\/$/, '')).filter(path => path !== ''));
		const byPath = new Map(found.map(entry => [entry.path, entry]));
		expect(byPath.get('link')).toMatchObject({kind: 'symlink', target: '../target'});
		expect(byPath.get('zz-sparse')).toMatchObject({kind: 'file', sizeBytes: 3_000_000});
		expect(found.filter(({sizeBytes}) => sizeBytes === 12)).toHaveLength(names.length + 1);
		expect(found.filter(({kind}) => kind === 'hardlink')).toHaveLength(1);
	});

	test('more entries than are kept are left out, and it says so', () => {
		const builder = createLayerIndexBuilder(2);
		const entry = {path: 'a', kind: 'file' as const, sizeBytes: 1, mode: 0o644, uid: 0, gid: 2 ** 40, target: undefined};
		expect([builder.add(entry), builder.add(entry), builder.add(entry)]).toEqual([true, true, false]);
		expect(builder.build('sha256:1')).toMatchObject({count: 2, isWhole: false, fileBytes: 2, gids: new Uint32Array([0xffffffff, 0xffffffff])});
	});
});

describe('a layer is read once', () => {
	test('by several at a time, and never again', async () => {
		const {layers, reads} = holding(simple);
		const progress: number[] = [];
		const [one, two] = await Promise.all([
			layers.index('default', descriptor(simple)),
			layers.index('default', descriptor(simple), {onProgress: ({doneBytes}) => progress.push(doneBytes)}),
		]);
		expect(one).toBe(two);
		expect(await layers.index('default', descriptor(simple))).toBe(one);
		expect(reads.count).toBe(1);
		expect(progress.at(-1)).toBe(reads.bytes);
	});

	test('goes on while one waits, and is given up with the last', async () => {
		const bytes = gzipSync(Buffer.concat([tar([file('big', 'y'.repeat(400_000))])]), {level: 0});
		const {layers, reads} = holding(bytes, 1000);
		const [first, second] = [new AbortController(), new AbortController()];
		const stopAt = (controller: AbortController, at: number) => ({
			signal: controller.signal,
			onProgress: ({doneBytes}: {readonly doneBytes: number}) => {
				if (doneBytes >= at) controller.abort();
			},
		});
		const early = layers.index('default', descriptor(bytes), stopAt(first, 10_000));
		const late = layers.index('default', descriptor(bytes), stopAt(second, 50_000));
		expect(((await failureOf(early)) as Error).name).toBe('AbortError');
		expect(((await failureOf(late)) as Error).name).toBe('AbortError');
		expect(reads.bytes).toBeLessThan(bytes.length);
		expect((await layers.index('default', descriptor(bytes))).count).toBe(1);
		expect(reads.count).toBe(2);
	});

	test('the one that was not asked for the longest is forgotten first', async () => {
		let reads = 0;
		async function* read() {
			reads++;
			yield simple;
		}
		const layers = createLayers({containerd: {content: {read}}, mostKept: 10});
		for (const digest of ['a', 'b', 'a', 'c', 'a', 'b']) await layers.index('default', descriptor(simple, digest));
		expect(reads).toBe(4);
	});
});

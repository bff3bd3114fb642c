import {createHash, randomBytes} from 'node:crypto';
import {createWriteStream, mkdirSync, renameSync, statSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {Readable, Transform} from 'node:stream';
import {pipeline} from 'node:stream/promises';
import {createGzip} from 'node:zlib';
import {architecture} from '../../lab/image.ts';
import {tar} from '../../lab/tar.ts';

export type BigLayer = {readonly path: string; readonly digest: string; readonly diffId: string; readonly sizeBytes: number};

/** `shape`: `noise` can not be packed, as what is packed already; `text` packs to two fifths, as programs and documents do. */
export type LayerShape = {readonly files: number; readonly fileBytes: number; readonly shape: 'noise' | 'text'; readonly name: string};

const hashing = (): {readonly stream: Transform; readonly digest: () => string} => {
	const hash = createHash('sha256');
	const stream = new Transform({
		transform(chunk, _, done) {
			hash.update(chunk as Buffer);
			done(undefined, chunk);
		},
	});
	return {stream, digest: () => `sha256:${hash.digest('hex')}`};
};

const contentOf = ({shape, fileBytes}: LayerShape, at: number): Buffer => {
	if (shape === 'noise') return randomBytes(fileBytes);
	const half = randomBytes(Math.ceil((fileBytes * 3) / 8)).toString('base64');
	const lines = half.match(/.{1,64}/g) ?? [];
	return Buffer.from(lines.map(line => `${line} the quick brown fox of file ${at} jumps over the lazy dog again\n`).join('').padEnd(fileBytes).slice(0, fileBytes));
};

async function* tarOf(layer: LayerShape): AsyncGenerator<Buffer> {
	for (let at = 0; at < layer.files; at++) {
		const one = tar([{kind: 'file', path: `${layer.name}/${Math.floor(at / 100)}/file-${at}`, content: contentOf(layer, at)}]);
		yield one.subarray(0, one.length - 1024);
	}
	yield Buffer.alloc(1024);
}

/** Into a folder of blobs, under its digest. */
export const writeLayer = async (blobs: string, layer: LayerShape): Promise<BigLayer> => {
	const plain = hashing();
	const packed = hashing();
	const part = join(blobs, 'part');
	await pipeline(Readable.from(tarOf(layer)), plain.stream, createGzip({level: layer.shape === 'noise' ? 0 : 1}), packed.stream, createWriteStream(part));
	const digest = packed.digest();
	const path = join(blobs, digest.slice(7));
	renameSync(part, path);
	return {path, digest, diffId: plain.digest(), sizeBytes: statSync(path).size};
};

/** An OCI layout in a folder, as skopeo reads it: `layers` layers of noise. */
export const writeBigImage = async (folder: string, layers: number, layerBytes: number): Promise<void> => {
	const blobs = join(folder, 'blobs', 'sha256');
	mkdirSync(blobs, {recursive: true});
	const made: BigLayer[] = [];
	for (let at = 0; at < layers; at++) made.push(await writeLayer(blobs, {files: Math.ceil(layerBytes / 1_048_576), fileBytes: 1_048_576, shape: 'noise', name: `layer-${at}`}));
	const put = (mediaType: string, value: object) => {
		const bytes = Buffer.from(JSON.stringify(value));
		const digest = `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
		writeFileSync(join(blobs, digest.slice(7)), bytes);
		return {mediaType, digest, size: bytes.length};
	};
	const type = (name: string): string => `application/vnd.oci.image.${name}`;
	const config = put(type('config.v1+json'), {os: 'linux', architecture, config: {}, rootfs: {type: 'layers', diff_ids: made.map(({diffId}) => diffId)}});
	const described = made.map(({digest, sizeBytes}) => ({mediaType: type('layer.v1.tar+gzip'), digest, size: sizeBytes}));
	const manifest = put(type('manifest.v1+json'), {schemaVersion: 2, mediaType: type('manifest.v1+json'), config, layers: described});
	writeFileSync(join(folder, 'oci-layout'), '{"imageLayoutVersion":"1.0.0"}');
	writeFileSync(join(folder, 'index.json'), JSON.stringify({schemaVersion: 2, manifests: [manifest]}));
};

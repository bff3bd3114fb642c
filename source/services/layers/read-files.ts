import {Buffer} from 'node:buffer';
import {Failure} from '../../errors.ts';
import type {Descriptor} from '../../model/image.ts';
import type {LayerEntry} from '../../model/layer-index.ts';
import {layerFailure, type ReadsLayers, refuseEncrypted} from './read-layer.ts';
import {takeTar} from './take-tar.ts';
import {createTarHeaders} from './tar-headers.ts';
import {cleanPath} from './tar-path.ts';
import type {LayersService} from './types.ts';

/** What one layer says about a path: its bytes, where else to look, that there is no such file, or (undefined) nothing. */
type Saying = {readonly text: string} | {readonly path: string} | 'nothing' | undefined;

/** A file that is asked for this way is read by people. */
const mostBytes = 1024 * 1024;
const mostLinks = 40;

/** What was read stays known, by layer: a container after the other is made of the same image. */
const mostKept = 256;

export const createFileReader = (dependencies: ReadsLayers): LayersService['readFiles'] => {
	const known = new Map<string, Saying>();
	const keep = (key: string, saying: Saying): void => {
		known.set(key, saying);
		if (known.size > mostKept) known.delete(known.keys().next().value as string);
	};

	const sayings = async (namespace: string, layer: Descriptor, paths: readonly string[], signal: AbortSignal | undefined): Promise<ReadonlyMap<string, Saying>> => {
		const keyOf = (path: string): string => `${namespace} ${layer.digest} ${path}`;
		const news = paths.filter(path => !known.has(keyOf(path)));
		if (news.length > 0) for (const [path, saying] of await readLayerFiles(dependencies, namespace, layer, news, signal)) keep(keyOf(path), saying);
		return new Map(paths.map(path => [path, known.get(keyOf(path))]));
	};

	return async (namespace, layers, paths, {signal} = {}) => {
		const found = new Map<string, string>();
		// By the name that was asked for, where it has led so far.
		let open = new Map(paths.map(path => [path, cleanPath(path)]));
		for (let links = 0; open.size > 0 && links <= mostLinks; links++) {
			let undecided = open;
			open = new Map();
			for (const layer of layers.toReversed()) {
				if (undecided.size === 0) break;
				const said = await sayings(namespace, layer, [...new Set(undecided.values())], signal);
				const rest = new Map<string, string>();
				for (const [asked, path] of undecided) {
					const saying = said.get(path);
					if (saying === undefined) rest.set(asked, path);
					else if (saying === 'nothing') continue;
					else if ('text' in saying) found.set(asked, saying.text);
					else open.set(asked, saying.path);
				}
				undecided = rest;
			}
		}
		return found;
	};
};

const isAbove = (directory: string, path: string): boolean => directory === '' || path.startsWith(`${directory}/`);

/** Where a link leads: an absolute target begins at the root of the image. */
const followed = (link: string, target: string, rest: string): string => cleanPath(`${target.startsWith('/') ? '' : link.slice(0, Math.max(0, link.lastIndexOf('/')))}/${target}${rest}`);

const readLayerFiles = async (
	{containerd}: ReadsLayers,
	namespace: string,
	layer: Descriptor,
	paths: readonly string[],
	signal: AbortSignal | undefined,
): Promise<ReadonlyMap<string, Saying>> => {
	const sayings = new Map<string, Saying>(paths.map(path => [path, undefined]));
	const found = new Set<string>();
	let reading: {readonly path: string; readonly sizeBytes: number; readonly pieces: Buffer[]; bytes: number} | undefined;

	const finish = (): void => {
		if (reading === undefined) return;
		const {path, sizeBytes, pieces} = reading;
		reading = undefined;
		sayings.set(path, {text: Buffer.concat(pieces).toString('utf8', 0, sizeBytes)});
		found.add(path);
	};

	const decide = (path: string, saying: Saying): void => {
		// A mark hides what lower layers have, never what its own has.
		if (!found.has(path)) sayings.set(path, saying);
	};

	const onEntry = ({path, kind, sizeBytes, target = ''}: LayerEntry): boolean => {
		finish();
		for (const wanted of paths) {
			if (path === wanted) {
				if (kind === 'file') {
					if (sizeBytes > mostBytes) throw new Failure('exhausted', `its /${path} is larger than 1 MiB`);
					reading = {path, sizeBytes, pieces: [], bytes: 0};
				} else if (kind === 'symlink') decide(wanted, {path: followed(path, target, '')});
				else if (kind === 'hardlink') decide(wanted, {path: target});
				else if (kind !== 'opaque') decide(wanted, 'nothing');
			} else if (isAbove(path, wanted)) {
				if (kind === 'symlink') decide(wanted, {path: followed(path, target, wanted.slice(path.length))});
				else if (kind !== 'directory') decide(wanted, 'nothing');
			}
		}
		if (reading?.sizeBytes === 0) finish();
		return found.size < paths.length;
	};

	const onBody = (piece: Buffer): void => {
		if (reading === undefined) return;
		// The last block is padded.
		const part = piece.subarray(0, reading.sizeBytes - reading.bytes);
		reading.pieces.push(Buffer.from(part));
		reading.bytes += part.length;
	};

	const headers = createTarHeaders(onEntry, onBody);
	try {
		refuseEncrypted(layer);
		const isComplete = (): boolean => reading !== undefined && reading.bytes >= reading.sizeBytes && found.size + 1 === paths.length;
		await takeTar(containerd.content.read(namespace, layer.digest, signal === undefined ? {} : {signal}), chunk => headers.push(chunk) && !isComplete(), {
			...(signal === undefined ? {} : {signal}),
			onBytes: () => undefined,
		});
		if (!isComplete() && found.size < paths.length) headers.end();
		finish();
		return sayings;
	} catch (error) {
		signal?.throwIfAborted();
		throw layerFailure(layer, error);
	}
};

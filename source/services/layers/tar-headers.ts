import {Failure} from '../../errors.ts';
import type {LayerEntry, LayerEntryKind} from '../../model/layer-index.ts';
import {blockBytes, decode, hasValidChecksum, numberAt, paxRecords, textAt} from './tar-fields.ts';
import {cleanPath, meaningOf} from './tar-path.ts';

/** Reads the headers of a tar that arrives in pieces; bodies are counted and, to who asks, shown. */
export type TarHeaders = {
	/** False when no more is needed: the archive has ended, or the taker has enough. */
	push(chunk: Buffer): boolean;
	/** To be called when no more comes; throws when the archive ends in the middle of something. */
	end(): void;
};

/** Go's limit for names and pax headers, which containerd unpacks with. */
const mostExtension = 1024 * 1024;

const kinds: Readonly<Record<string, LayerEntryKind>> = {
	'1': 'hardlink',
	'2': 'symlink',
	'3': 'character',
	'4': 'block',
	'5': 'directory',
	'6': 'fifo',
};

/** Names and sizes from headers before the one that they belong to. */
type Extension = {path?: string; target?: string; sizeBytes?: number; realBytes?: number; uid?: number; gid?: number};

const isZero = (block: Buffer): boolean => {
	for (let at = 0; at < blockBytes; at++) if (block[at] !== 0) return false;
	return true;
};

const withoutTail = (body: Buffer): Buffer => {
	const end = body.indexOf(0);
	return end < 0 ? body : body.subarray(0, end);
};

const countOf = (text: string | undefined): number | undefined => {
	const count = Number(text);
	return text === undefined || text === '' || !Number.isSafeInteger(count) || count < 0 ? undefined : count;
};

const readPax = (body: Buffer, extension: Extension): void => {
	const records = paxRecords(body);
	const set = <Key extends keyof Extension>(key: Key, value: Extension[Key] | undefined): void => {
		if (value !== undefined) extension[key] = value;
	};
	set('path', records.get('GNU.sparse.name') ?? records.get('path'));
	set('target', records.get('linkpath'));
	set('sizeBytes', countOf(records.get('size')));
	set('realBytes', countOf(records.get('GNU.sparse.realsize') ?? records.get('GNU.sparse.size')));
	set('uid', countOf(records.get('uid')));
	set('gid', countOf(records.get('gid')));
};

const nameIn = (block: Buffer): string => {
	const name = textAt(block, 0, 100);
	// GNU's own format has other things where ustar has the prefix.
	const hasPrefix = block[345] !== 0 && block.toString('latin1', 257, 263) === 'ustar\0';
	return hasPrefix ? `${textAt(block, 345, 155)}/${name}` : name;
};

/** `onBody` gets what follows the entry taken last, in pieces that are good until it returns, with the padding of the last block. */
export const createTarHeaders = (take: (entry: LayerEntry) => boolean, onBody?: (piece: Buffer) => void): TarHeaders => {
	const block = Buffer.alloc(blockBytes);
	let filled = 0;
	let offset = 0;
	let skip = 0;
	let zeroBlocks = 0;
	let isSparseMap = false;
	let isDone = false;
	let collecting: {readonly type: string; readonly bytes: Buffer; length: number} | undefined;
	let extension: Extension = {};

	const damaged = (why: string): Failure => new Failure('invalid', `its tar is damaged at byte ${offset}: ${why}`, {hint: 'remove the image and pull it again'});

	const onExtension = (type: string, body: Buffer): void => {
		if (type === 'x') readPax(body, extension);
		else if (type === 'L') extension.path = decode(withoutTail(body));
		else extension.target = decode(withoutTail(body));
	};

	const onEntry = (type: string): void => {
		const {path, target, sizeBytes, realBytes, uid, gid} = extension;
		extension = {};
		const stored = sizeBytes ?? numberAt(block, 124, 12);
		const isSparse = type === 'S';
		const name = path ?? nameIn(block);
		// Before POSIX a directory was a file whose name ends with a slash.
		const kind = kinds[type] ?? (name.endsWith('/') ? 'directory' : 'file');
		const isFile = kind === 'file';
		// Some writers give links and folders the size of what they stand for: only files have a body.
		if (isFile) skip = Math.ceil(stored / blockBytes) * blockBytes;
		isSparseMap = isSparse && block[482] !== 0;
		const meaning = meaningOf(cleanPath(name));
		// The root itself is no news.
		if (meaning === undefined || (meaning.path === '' && meaning.kind === undefined)) return;
		const isMark = meaning.kind !== undefined;
		const isLink = kind === 'symlink' || kind === 'hardlink';
		const link = isLink ? (target ?? textAt(block, 157, 100)) : undefined;
		const wants = take({
			path: meaning.path,
			kind: meaning.kind ?? kind,
			sizeBytes: !isFile || isMark ? 0 : (realBytes ?? (isSparse ? numberAt(block, 483, 12) : stored)),
			mode: numberAt(block, 100, 8),
			uid: uid ?? numberAt(block, 108, 8),
			gid: gid ?? numberAt(block, 116, 8),
			target: isMark || link === undefined ? undefined : kind === 'hardlink' ? cleanPath(link) : link,
		});
		if (!wants) isDone = true;
	};

	const onBlock = (): void => {
		if (isSparseMap) {
			isSparseMap = block[504] !== 0;
			return;
		}
		if (isZero(block)) {
			zeroBlocks++;
			if (zeroBlocks === 2) isDone = true;
			return;
		}
		zeroBlocks = 0;
		if (!hasValidChecksum(block)) throw damaged('a header has a wrong checksum');
		const type = String.fromCharCode(block[156] as number);
		if (type === 'x' || type === 'L' || type === 'K') {
			const length = numberAt(block, 124, 12);
			if (length > mostExtension) throw damaged(`a name or extended header of ${length} bytes`);
			if (length > 0) collecting = {type, bytes: Buffer.alloc(Math.ceil(length / blockBytes) * blockBytes), length};
			filled = 0;
		} else if (type === 'g') skip = Math.ceil(numberAt(block, 124, 12) / blockBytes) * blockBytes;
		else onEntry(type);
	};

	return {
		push(chunk) {
			let at = 0;
			while (at < chunk.length && !isDone) {
				// A sparse map lies between a header and its body.
				if (skip > 0 && !isSparseMap) {
					const step = Math.min(skip, chunk.length - at);
					onBody?.(chunk.subarray(at, at + step));
					skip -= step;
					offset += step;
					at += step;
					continue;
				}
				const into: Buffer = collecting?.bytes ?? block;
				const step = Math.min(into.length - filled, chunk.length - at);
				chunk.copy(into, filled, at, at + step);
				filled += step;
				at += step;
				if (filled < into.length) break;
				filled = 0;
				if (collecting === undefined) onBlock();
				else {
					const {type, bytes, length} = collecting;
					collecting = undefined;
					onExtension(type, bytes.subarray(0, length));
				}
				offset += into.length;
			}
			return !isDone;
		},
		end() {
			if (!isDone && (skip > 0 || filled > 0 || isSparseMap || collecting !== undefined)) throw damaged('it ends in the middle of an entry');
		},
	};
};

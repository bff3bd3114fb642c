import type {Readable, Writable} from 'node:stream';
import {pipeline} from 'node:stream/promises';
import {extract, pack} from 'tar-stream';
import {Failure} from '../../errors.ts';
import type {TreeEntry} from './read-tree.ts';

const kinds: Readonly<Record<string, TreeEntry['kind']>> = {
	...{file: 'file', 'contiguous-file': 'file', directory: 'directory', symlink: 'symlink', link: 'link', fifo: 'fifo'},
	...{'character-device': 'character-device', 'block-device': 'block-device'},
};

/** A tar archive as entries; what an archive may have beyond files, such as comments, is passed over. */
export const readArchive = async function* (source: Readable): AsyncGenerator<TreeEntry> {
	const archive = extract();
	const feeding = pipeline(source, archive).catch((error: unknown) => {
		archive.destroy(error as Error);
	});
	try {
		for await (const entry of archive) {
			const {name, type, mode = 0o644, uid = 0, gid = 0, mtime, size = 0, linkname, devmajor, devminor} = entry.header;
			const kind = kinds[type ?? 'file'];
			if (kind === undefined) {
				entry.resume();
				continue;
			}
			const content = kind === 'file' ? (entry as AsyncIterable<Uint8Array>) : undefined;
			if (content === undefined) entry.resume();
			yield {name, kind, mode: mode & 0o7777, uid, gid, modifiedAt: mtime?.getTime() ?? 0, sizeBytes: size, target: linkname ?? '', major: devmajor ?? 0, minor: devminor ?? 0, content};
		}
	} catch (error) {
		if (error instanceof Failure) throw error;
		throw new Failure('invalid', `it is not a tar archive: ${(error as Error).message}`, {cause: error});
	}
	await feeding;
};

const headerOf = ({name, kind, mode, uid, gid, modifiedAt, sizeBytes, target, major, minor}: TreeEntry): Parameters<ReturnType<typeof pack>['entry']>[0] => ({
	name: kind === 'directory' ? `${name}/` : name,
	type: kind,
	...{mode, uid, gid, uname: '', gname: '', mtime: new Date(modifiedAt), size: sizeBytes},
	...(target === '' ? {} : {linkname: target}),
	...(kind === 'character-device' || kind === 'block-device' ? {devmajor: major, devminor: minor} : {}),
});

/** Entries as a tar archive. The stream is not ended: it may be somebody's stdout. */
export const writeArchive = async (entries: AsyncIterable<TreeEntry>, to: Writable, signal?: AbortSignal): Promise<void> => {
	const archive = pack();
	const fill = async (): Promise<void> => {
		for await (const entry of entries) {
			signal?.throwIfAborted();
			if (entry.name === '') continue;
			await new Promise<void>((resolve, reject) => {
				const sink = archive.entry(headerOf(entry), error => (error ? reject(error) : resolve()));
				if (entry.kind !== 'file') return;
				pipeline(entry.content ?? [], sink).catch(reject);
			});
		}
		archive.finalize();
	};
	await Promise.all([
		fill().catch((error: unknown) => {
			archive.destroy(error as Error);
			throw error;
		}),
		pipeline(archive, to, {end: false, ...(signal === undefined ? {} : {signal})}),
	]);
};

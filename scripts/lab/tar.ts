export type TarEntry =
	| {readonly kind: 'folder'; readonly path: string; readonly mode?: number}
	| {readonly kind: 'file'; readonly path: string; readonly mode?: number; readonly content: Uint8Array | string}
	| {readonly kind: 'symlink'; readonly path: string; readonly target: string};

const typeFlags = {file: '0', symlink: '2', folder: '5'} as const;
const defaultModes = {file: 0o644, symlink: 0o777, folder: 0o755} as const;

const octal = (value: number, width: number): string => `${value.toString(8).padStart(width - 1, '0')}\0`;

const header = (entry: TarEntry, sizeBytes: number): Buffer => {
	const block = Buffer.alloc(512);
	const path = entry.kind === 'folder' ? `${entry.path}/` : entry.path;
	if (Buffer.byteLength(path) > 100) throw new Error(`${path} is too long for a plain ustar header`);
	block.write(path, 0);
	block.write(octal((entry.kind === 'symlink' ? undefined : entry.mode) ?? defaultModes[entry.kind], 8), 100);
	block.write(octal(0, 8), 108);
	block.write(octal(0, 8), 116);
	block.write(octal(sizeBytes, 12), 124);
	block.write(octal(0, 12), 136);
	block.write('        ', 148);
	block.write(typeFlags[entry.kind], 156);
	if (entry.kind === 'symlink') block.write(entry.target, 157);
	block.write('ustar\x0000', 257);
	block.write(octal(block.reduce((sum, byte) => sum + byte, 0), 7), 148);
	block.write(' ', 155);
	return block;
};

/** A ustar archive, the same bytes every time: owner root, time zero, in the order given. */
export const tar = (entries: readonly TarEntry[]): Buffer => {
	const blocks = entries.flatMap(entry => {
		const content = entry.kind === 'file' ? Buffer.from(entry.content) : Buffer.alloc(0);
		return [header(entry, content.length), content, Buffer.alloc((512 - (content.length % 512)) % 512)];
	});
	return Buffer.concat([...blocks, Buffer.alloc(1024)]);
};

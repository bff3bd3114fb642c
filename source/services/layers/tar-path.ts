import type {LayerEntryKind} from '../../model/layer-index.ts';

/** Below the root whatever it says, as containerd unpacks it: no empty names, no `.`, and `..` stops at the root. */
export const cleanPath = (path: string): string => {
	if (isClean(path)) return path.endsWith('/') ? path.slice(0, -1) : path;
	const names: string[] = [];
	for (const name of path.split('/')) {
		if (name === '..') names.pop();
		else if (name !== '' && name !== '.') names.push(name);
	}
	return names.join('/');
};

const unclean = /(?:^|\/)(?:\.{0,2}\/|\.{1,2}$)/;
const isClean = (path: string): boolean => !unclean.test(path);

const whiteout = '.wh.';
/** AUFS kept its own books under these names; only the opaque mark means something to others. */
const bookkeeping = '.wh..wh.';
const opaqueMark = '.wh..wh..opq';

/** OCI image-spec, "Whiteouts". Undefined for what is not a file of the image at all. */
export const meaningOf = (path: string): {readonly path: string; readonly kind: LayerEntryKind | undefined} | undefined => {
	const at = path.lastIndexOf('/') + 1;
	if (!path.startsWith(whiteout, at)) return {path, kind: undefined};
	const name = path.slice(at);
	const folder = path.slice(0, Math.max(0, at - 1));
	if (name === opaqueMark) return {path: folder, kind: 'opaque'};
	if (path.startsWith(bookkeeping, at)) return undefined;
	const hidden = name.slice(whiteout.length);
	return hidden === '' || hidden === '.' || hidden === '..' ? undefined : {path: path.slice(0, at) + hidden, kind: 'whiteout'};
};

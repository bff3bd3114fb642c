import {mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {dirname, join} from 'node:path';
import {onTestFinished} from 'vitest';

/** A value is a file's content; `{to}` a link; undefined an empty folder. */
export type Tree = Readonly<Record<string, string | Buffer | {readonly to: string} | undefined>>;

export const makeTree = (tree: Tree): string => {
	const root = mkdtempSync(join(tmpdir(), 'gantry-tree-'));
	onTestFinished(() => rmSync(root, {recursive: true, force: true}));
	for (const [name, value] of Object.entries(tree)) {
		const path = join(root, name);
		mkdirSync(value === undefined ? path : dirname(path), {recursive: true});
		if (typeof value === 'string' || Buffer.isBuffer(value)) writeFileSync(path, value);
		else if (value !== undefined) symlinkSync(value.to, path);
	}

	return root;
};

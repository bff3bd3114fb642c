import {chmodSync, linkSync, mkdirSync, symlinkSync, utimesSync, writeFileSync} from 'node:fs';
import {dirname, join} from 'node:path';

const files: readonly string[] = [
	...['README.md', 'foo', 'foobar', 'foo.d/x', '.hidden', '.git/HEAD', 'a/file.md', 'a/b/file.txt', 'a/b/c/file.go', 'a/b/c/deep.md'],
	...['docs/README.md', 'docs/index.html', 'docs/more/page.html', 'node_modules/x/index.js', 'pkg/node_modules/y/index.js', 'pkg/main.go'],
	...['with space', '[odd]name', 'a+b(c){d}$', 'back\\slash', '#hash', '!bang', 'é', 'a,b', 'B/upper', 'a-b/dash', 'a.b/dot'],
];

const links: ReadonlyArray<readonly [name: string, target: string]> = [
	...([['link', 'a'], ['link-file', 'README.md'], ['dangling', 'nowhere'], ['absolute', '/docs/README.md'], ['chain', 'link/b'], ['up', '../../docs']] as const),
	...([['a/inner', 'b/file.txt'], ['loop-1', 'loop-2'], ['loop-2', 'loop-1'], ['itself', 'itself'], ['docs/back', '..']] as const),
];

/** A tree that has something for each way of naming things in it. Every time in it is told, so that two looks at it are alike. */
export const writeTree = (root: string): void => {
	for (const [index, name] of files.entries()) {
		const path = join(root, name);
		mkdirSync(dirname(path), {recursive: true});
		writeFileSync(path, `${name}\n`.repeat(index + 1));
		utimesSync(path, 1_600_000_000 + index, 1_600_000_000 + index);
	}

	mkdirSync(join(root, 'empty/inner'), {recursive: true});
	for (const [name, target] of links) symlinkSync(target, join(root, name));
	linkSync(join(root, 'docs/index.html'), join(root, 'docs/same.html'));
	linkSync(join(root, 'docs/index.html'), join(root, 'zz-same.html'));
	chmodSync(join(root, 'foo'), 0o755);
	chmodSync(join(root, 'foobar'), 0o4711);
	chmodSync(join(root, 'empty'), 0o1777);
};

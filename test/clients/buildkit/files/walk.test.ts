import {chmodSync, linkSync, mkdirSync, rmSync, utimesSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {execaSync} from 'execa';
import {describe, expect, test} from 'vitest';
import {followLinks} from '../../../../source/clients/buildkit/files/follow-links.ts';
import {kindOf, toKernelMode} from '../../../../source/clients/buildkit/files/stat.ts';
import {walkTree} from '../../../../source/clients/buildkit/files/walk.ts';
import {createTreeFilter, parsePatterns} from '../../../../source/model/ignore-pattern.ts';
import type {Stat} from '../../../../source/protocol/generated/buildkit-fsutil.ts';
import {makeTree} from './tree.ts';

const walk = async (root: string, excludes: readonly string[] = [], includes: readonly string[] = []): Promise<Stat[]> => {
	const found: Stat[] = [];
	for await (const stat of walkTree(root, createTreeFilter(parsePatterns(includes), parsePatterns(excludes)))) found.push(stat);
	return found;
};

const paths = async (...call: Parameters<typeof walk>): Promise<string[]> => (await walk(...call)).map(({path}) => Buffer.from(path).toString('latin1'));

describe('the walk through a context', () => {
	test('folders before what is in them, names in the order of their bytes', async () => {
		const root = makeTree({'a/z': '', 'a.b': '', 'a/b/c': '', B: '', é: '', Z: '', 'a-': ''});
		expect(await paths(root)).toEqual(['B', 'Z', 'a', 'a/b', 'a/b/c', 'a/z', 'a-', 'a.b', 'Ã©']);
	});

	test('what the patterns leave out, with the folders on the way to what they keep', async () => {
		const root = makeTree({'node_modules/x/y': '', 'node_modules/keep/z': '', 'src/a.go': '', 'src/b.c': '', '.git/HEAD': ''});
		expect(await paths(root, ['**/*.go', '.git', 'node_modules', '!node_modules/keep'])).toEqual(['node_modules', 'node_modules/keep', 'node_modules/keep/z', 'src', 'src/b.c']);
		expect(await paths(root, [], ['src/*.c'])).toEqual(['src', 'src/b.c']);
		expect(await paths(root, ['*'])).toEqual([]);
	});

	test('modes, times, sizes and links as the other side reads them', async () => {
		const root = makeTree({dir: undefined, file: 'twelve bytes', link: {to: '../out/side'}});
		chmodSync(join(root, 'file'), 0o4755);
		chmodSync(join(root, 'dir'), 0o1777);
		utimesSync(join(root, 'file'), 1_700_000_000, 1_700_000_000.5);
		const [dir, file, link] = await walk(root);
		expect([dir, file, link].map(stat => kindOf(stat!.mode))).toEqual(['folder', 'file', 'symlink']);
		expect([toKernelMode(dir!.mode), toKernelMode(file!.mode)]).toEqual([0o1777, 0o4755]);
		expect(dir!.mode).toBe(0x80_10_00_00 + 0o777);
		expect([file!.size, file!.modTime, dir!.size]).toEqual([12n, 1_700_000_000_500_000_000n, 0n]);
		expect(Buffer.from(link!.linkname).toString()).toBe('../out/side');
		expect([file!.uid, file!.gid]).toEqual([0, 0]);
	});

	test('further names of a file name the first that is sent', async () => {
		const root = makeTree({a: 'x'});
		linkSync(join(root, 'a'), join(root, 'b'));
		linkSync(join(root, 'a'), join(root, 'c'));
		expect((await walk(root)).map(({linkname}) => Buffer.from(linkname).toString())).toEqual(['', 'a', 'a']);
		expect((await walk(root, ['a'])).map(({linkname}) => Buffer.from(linkname).toString())).toEqual(['', 'b']);
	});

	test('names that are no text, pipes and sockets', async () => {
		const root = makeTree({});
		writeFileSync(Buffer.concat([Buffer.from(`${root}/`), Buffer.from([0xff, 0x41])]), 'x');
		execaSync('mkfifo', [join(root, 'pipe')]);
		const [pipe, odd] = await walk(root);
		expect([kindOf(pipe!.mode), Buffer.from(odd!.path).toString('hex')]).toEqual(['fifo', 'ff41']);
	});

	test('what goes away on the way is left out', async () => {
		const root = makeTree({'a/x': '', 'b/x': '', c: ''});
		const seen: string[] = [];
		for await (const {path} of walkTree(root, createTreeFilter([], []))) {
			seen.push(Buffer.from(path).toString());
			if (seen.length === 1) rmSync(join(root, 'b'), {recursive: true});
		}

		expect(seen).toEqual(['a', 'a/x', 'b', 'c']);
	});

	test('ends when it is told to', async () => {
		const root = makeTree({'a/b': '', c: ''});
		const controller = new AbortController();
		const walking = (async () => {
			for await (const _stat of walkTree(root, createTreeFilter([], []), controller.signal)) controller.abort();
		})();
		await expect(walking).rejects.toThrow('aborted');
	});

	test('five thousand files in one folder', async () => {
		const root = makeTree({});
		mkdirSync(join(root, 'd'));
		for (let index = 0; index < 5000; index++) writeFileSync(join(root, 'd', `f${index}`), '');
		expect(await walk(root)).toHaveLength(5001);
	});
});

describe('links that are followed', () => {
	test.each<[string, Parameters<typeof makeTree>[0], string[], readonly string[] | undefined]>([
		['a file', {a: ''}, ['a'], ['a']],
		['one that is not there', {}, ['a/b'], ['a/b']],
		['a link and what it leads to', {a: {to: 'b/c'}, 'b/c': ''}, ['a'], ['a', 'b/c']],
		['a link to a folder on the way', {a: {to: 'b'}, 'b/c': ''}, ['a/c'], ['a', 'b/c']],
		['links to links', {a: {to: 'b'}, b: {to: 'c'}, c: ''}, ['a'], ['a', 'b', 'c']],
		['a link upwards ends at the root', {'a/b': {to: '../../../c'}, c: ''}, ['a/b'], ['a/b', 'c']],
		['an absolute link begins at the root', {'a/b': {to: '/c/d'}, 'c/d': ''}, ['a/b'], ['a/b', 'c/d']],
		['a link to itself', {a: {to: 'a'}}, ['a'], ['a']],
		['a ring of links', {a: {to: 'b'}, b: {to: 'a/x'}}, ['a/y'], ['a', 'b']],
		['all links that a wildcard stands for', {'x1': {to: 'y'}, 'x2': {to: 'z'}, y: '', z: ''}, ['x*'], ['x*', 'y', 'z']],
		['nothing below what is there already', {'a/b': ''}, ['a', 'a/b'], ['a']],
		['the root is everything', {a: {to: '/'}}, ['a'], undefined],
	])('%s', async (_what, tree, wanted, expected) => {
		expect(await followLinks(makeTree(tree), wanted)).toEqual(expected);
	});
});

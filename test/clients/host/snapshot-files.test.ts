import {execFileSync} from 'node:child_process';
import {mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {dirname, join} from 'node:path';
import {afterEach, beforeEach, expect, it, test} from 'vitest';
import {readSnapshotFile} from '../../../source/clients/host/snapshot-files.ts';
import type {Mount} from '../../../source/model/snapshot.ts';

let root = '';
beforeEach(() => {
	root = mkdtempSync(join(tmpdir(), 'gantry-snapshot-'));
	writeFileSync(join(root, 'outside'), 'outside');
});
afterEach(() => rmSync(root, {recursive: true, force: true}));

type Layer = Readonly<Record<string, string | {readonly link: string} | 'whiteout'>>;

/** The lowest first, as directories; the mount that an overlay snapshotter would give out. */
const overlay = (...layers: readonly Layer[]): readonly Mount[] => {
	const directories = layers.map((layer, at) => {
		const directory = join(root, String(at));
		mkdirSync(directory);
		for (const [path, content] of Object.entries(layer)) {
			const place = join(directory, path);
			mkdirSync(dirname(place), {recursive: true});
			if (typeof content === 'object') symlinkSync(content.link, place);
			else if (content === 'whiteout') execFileSync('mknod', [place, 'c', '0', '0']);
			else writeFileSync(place, content);
		}
		return directory;
	});
	mkdirSync(join(root, 'upper'));
	const options = ['index=off', `workdir=${join(root, 'work')}`, `upperdir=${join(root, 'upper')}`, `lowerdir=${directories.toReversed().join(':')}`];
	return [{type: 'overlay', source: 'overlay', target: '', options}];
};

const canMakeDevices = process.getuid?.() === 0;

test.each<[string, readonly Layer[], string | undefined]>([
	['one layer', [{'etc/passwd': 'low'}], 'low'],
	['the upper one wins', [{'etc/passwd': 'low'}, {'etc/passwd': 'high'}], 'high'],
	['what is missing above is looked for below', [{'etc/passwd': 'low'}, {'etc/group': 'high'}, {'usr/x': ''}], 'low'],
	['a link', [{'usr/passwd': 'low', 'etc/passwd': {link: '../usr/passwd'}}], 'low'],
	['an absolute link, replaced above', [{'usr/passwd': 'low', 'etc/passwd': {link: '/usr/passwd'}}, {'usr/passwd': 'high'}], 'high'],
	['a link out of the image stays in it', [{outside: 'inside', 'etc/passwd': {link: '../../../../outside'}}], 'inside'],
	['a linked directory', [{'usr/etc/passwd': 'low', etc: {link: 'usr/etc'}}], 'low'],
	['a circle', [{'etc/passwd': {link: 'passwd'}}], undefined],
	['a link to nothing', [{'etc/passwd': {link: '/nowhere'}}], undefined],
	['a file where the directory was', [{'etc/passwd': 'low'}, {etc: 'file'}], undefined],
	['a directory', [{'etc/passwd/x': 'low'}], undefined],
	['nothing', [{}], undefined],
])('%s', async (_, layers, expected) => expect(await readSnapshotFile(overlay(...layers), 'etc/passwd')).toBe(expected));

test.skipIf(!canMakeDevices).each<[string, readonly Layer[]]>([
	['a file that was removed', [{'etc/passwd': 'low'}, {'etc/passwd': 'whiteout'}]],
	['a directory that was removed', [{'etc/passwd': 'low'}, {etc: 'whiteout'}]],
])('%s', async (_, layers) => expect(await readSnapshotFile(overlay(...layers), 'etc/passwd')).toBeUndefined());

it('reads a directory that is bound', async () => {
	mkdirSync(join(root, 'etc'));
	writeFileSync(join(root, 'etc/group'), 'bound');
	expect(await readSnapshotFile([{type: 'bind', source: root, target: '', options: ['rbind', 'rw']}], '/etc/group')).toBe('bound');
});

it('knows nothing of other mounts', async () => {
	expect(await readSnapshotFile([{type: 'ext4', source: '/dev/mapper/x', target: '', options: []}], 'etc/group')).toBe('unknown');
	expect(await readSnapshotFile([], 'etc/group')).toBe('unknown');
});

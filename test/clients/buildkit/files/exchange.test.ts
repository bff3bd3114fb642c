import {createHash, randomBytes} from 'node:crypto';
import {existsSync, lstatSync, readFileSync, readlinkSync, rmSync, statSync, symlinkSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {describe, expect, test} from 'vitest';
import {fileSendHandler} from '../../../../source/clients/buildkit/files/file-send.ts';
import {fileSyncHandler} from '../../../../source/clients/buildkit/files/file-sync.ts';
import {dataHead, errorPacket, finPacket, noMoreStats, packetType, readPacket, requestPacket} from '../../../../source/clients/buildkit/files/packets.ts';
import {statPacket} from '../../../../source/clients/buildkit/files/stat-packet.ts';
import {goMode} from '../../../../source/clients/buildkit/files/stat.ts';
import {bytesMessageHead} from '../../../../source/clients/buildkit/session/bytes-message.ts';
import type {Packet, Stat} from '../../../../source/protocol/generated/buildkit-fsutil.ts';
import {type PeerCall, peerOf} from '../peer.ts';
import {makeTree, type Tree} from './tree.ts';

const syncPath = '/moby.filesync.v1.FileSync/DiffCopy';
const sendPath = '/moby.filesync.v1.FileSend/DiffCopy';
const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString();

const nextPacket = async (call: PeerCall): Promise<Packet | undefined> => {
	const message = await call.next();
	return message === undefined ? undefined : readPacket(message);
};

/** The list that is sent first. */
const listOf = async (call: PeerCall): Promise<Stat[]> => {
	const stats: Stat[] = [];
	for (let packet = await nextPacket(call); packet?.stat !== undefined; packet = await nextPacket(call)) stats.push(packet.stat);
	return stats;
};

const contentOf = async (call: PeerCall, id: number): Promise<Buffer> => {
	call.send(requestPacket(id));
	const parts: Uint8Array[] = [];
	for (let packet = await nextPacket(call); packet?.type === packetType.DATA && packet.id === id; packet = await nextPacket(call)) {
		if (packet.data.length === 0) return Buffer.concat(parts);
		parts.push(packet.data);
	}

	throw new Error('it ended before the file did');
};

const syncing = (tree: Tree, headers: Readonly<Record<string, string | string[]>> = {}): {readonly root: string; readonly call: PeerCall} => {
	const root = makeTree(tree);
	return {root, call: peerOf(fileSyncHandler(new Map([['context', root]])))(syncPath, {'dir-name': 'context', ...headers})};
};

describe('a context that is asked for', () => {
	test('list, contents in any order, and good-bye', async () => {
		const big = randomBytes(3_000_000);
		const {call} = syncing({'a/b': 'small', big, empty: '', link: {to: 'a'}});
		expect((await listOf(call)).map(({path}) => text(path))).toEqual(['a', 'a/b', 'big', 'empty', 'link']);
		expect(createHash('sha256').update(await contentOf(call, 2)).digest('hex')).toBe(createHash('sha256').update(big).digest('hex'));
		expect((await contentOf(call, 1)).toString()).toBe('small');
		expect(await contentOf(call, 3)).toHaveLength(0);
		call.send(finPacket);
		expect((await nextPacket(call))?.type).toBe(packetType.FIN);
		expect((await call.ended).code).toBe(0);
	});

	test('patterns come as they are, one header each, and escaped when they are not ASCII', async () => {
		const plainly = syncing({'a, b': '', c: '', d: ''}, {'exclude-patterns': ['a, b', 'c']});
		expect((await listOf(plainly.call)).map(({path}) => text(path))).toEqual(['d']);
		const escaped = syncing({'é b': '', c: ''}, {'include-patterns': ['%C3%A9+b'], 'include-patterns-encoded': '1'});
		expect((await listOf(escaped.call)).map(({path}) => text(path))).toEqual(['é b']);
	});

	test('paths that are followed bring what they lead to', async () => {
		const {call} = syncing({a: {to: 'b/c'}, 'b/c': '', 'b/d': '', e: ''}, {followpaths: ['a']});
		expect((await listOf(call)).map(({path}) => text(path))).toEqual(['a', 'b', 'b/c']);
	});

	test('a folder that the build may not read', async () => {
		const call = peerOf(fileSyncHandler(new Map([['context', makeTree({})]])))(syncPath, {'dir-name': 'home'});
		expect(await call.ended).toMatchObject({code: 5, details: 'there is no folder called "home" for this build'});
	});

	test('a pattern that is none', async () => {
		expect((await syncing({}, {'exclude-patterns': '['}).call.ended).details).toContain('is no pattern for paths');
	});

	test('a file that has become a link out of the tree is not followed', async () => {
		const {root, call} = syncing({a: 'inside'});
		await listOf(call);
		writeFileSync(join(root, 'x'), '');
		const outside = makeTree({secret: 'outside'});
		rmSync(join(root, 'a'));
		symlinkSync(join(outside, 'secret'), join(root, 'a'));
		call.send(requestPacket(0));
		const packet = await nextPacket(call);
		expect(packet?.type).toBe(packetType.ERR);
		expect(text(packet!.data)).toMatch(/^Could not read .*\/a: too many symbolic links/);
		expect((await call.ended).code).not.toBe(0);
	});

	test('a file that has vanished is empty', async () => {
		const {root, call} = syncing({'d/a': 'x'});
		await listOf(call);
		rmSync(join(root, 'd'), {recursive: true});
		expect(await contentOf(call, 1)).toHaveLength(0);
	});

	test('a number that no file has, and a daemon that fails or goes away', async () => {
		const wrong = syncing({a: ''});
		wrong.call.send(requestPacket(7));
		expect((await wrong.call.ended).details).toContain('a file of number 7');
		const failing = syncing({a: ''});
		failing.call.send(errorPacket('disk full\u001b[2J'));
		expect((await failing.call.ended).details).toBe('the daemon could not take the files: disk full');
		const leaving = syncing({a: ''});
		leaving.call.end();
		expect((await leaving.call.ended).code).toBe(14);
	});
});

const statOf = (path: string, stat: Partial<Stat> = {}): Uint8Array =>
	statPacket({
		...{path: Buffer.from(path), mode: 0o644, uid: 7, gid: 7, size: 0n, modTime: 1_600_000_000_000_000_000n, linkname: Buffer.alloc(0)},
		...{devmajor: 0n, devminor: 0n, xattrs: {}, ...stat},
	});

const receiving = (tree: Tree = {}): {readonly root: string; readonly call: PeerCall} => {
	const root = makeTree(tree);
	return {root, call: peerOf(fileSendHandler([{kind: 'folder', path: join(root, 'out')}]))(sendPath)};
};

const folder = {mode: goMode.dir + 0o755};

describe('a folder that a build sends', () => {
	test('files, folders and links, with their modes and times', async () => {
		const {root, call} = receiving({'out/old': 'stays', 'out/d': {to: '/tmp'}, 'out/d2/x': 'goes'});
		for (const packet of [statOf('d', {mode: goMode.dir + 0o500}), statOf('d/f', {mode: 0x00_80_00_00 + 0o711}), statOf('d2'), statOf('hard', {linkname: Buffer.from('d/f')})]) call.send(packet);
		call.send(statOf('link', {mode: goMode.symlink + 0o777, linkname: Buffer.from('/etc/passwd')}));
		call.send(noMoreStats);
		for (const [id, content] of [[1, 'hello'], [2, '']] as const) {
			expect(await nextPacket(call)).toMatchObject({type: packetType.REQ, id});
			if (content !== '') call.send(dataHead(id, content.length), Buffer.from(content));
			call.send(dataHead(id, 0));
		}

		expect((await nextPacket(call))?.type).toBe(packetType.FIN);
		call.send(finPacket);
		call.end();
		expect((await call.ended).code).toBe(0);
		const out = join(root, 'out');
		expect([readFileSync(join(out, 'old'), 'utf8'), readFileSync(join(out, 'd/f'), 'utf8'), readFileSync(join(out, 'hard'), 'utf8')]).toEqual(['stays', 'hello', 'hello']);
		expect([lstatSync(join(out, 'd')).isDirectory(), lstatSync(join(out, 'd2')).isFile(), readlinkSync(join(out, 'link'))]).toEqual([true, true, '/etc/passwd']);
		expect([statSync(join(out, 'd')).mode & 0o7777, statSync(join(out, 'd/f')).mode & 0o7777]).toEqual([0o500, 0o4711]);
		expect([statSync(join(out, 'd')).mtimeMs, statSync(join(out, 'd/f')).mtimeMs]).toEqual([1_600_000_000_000, 1_600_000_000_000]);
	});

	test.each<[string, readonly Uint8Array[], string]>([
		['upwards', [statOf('../x')], 'no path within a folder'],
		['upwards in the middle', [statOf('a', folder), statOf('a/../../x')], 'no path within a folder'],
		['absolute', [statOf('/etc/x')], 'no path within a folder'],
		['unclean', [statOf('a//b')], 'no path within a folder'],
		['empty', [statOf('')], 'no path within a folder'],
		['with a zero', [statOf('a\u0000b')], 'no path within a folder'],
		['below a link', [statOf('a', {mode: goMode.symlink, linkname: Buffer.from('/')}), statOf('a/etc')], 'whose folder it did not send'],
		['below what was there', [statOf('there/x')], 'whose folder it did not send'],
		['twice, first a folder then a link', [statOf('a', folder), statOf('a', {mode: goMode.symlink, linkname: Buffer.from('/')})], 'for the second time'],
		['another name of a file outside', [statOf('a', {linkname: Buffer.from('../secret')})], 'a file that it did not send'],
		['another name of what was there', [statOf('a', {linkname: Buffer.from('there')})], 'a file that it did not send'],
		['a device', [statOf('a', {mode: goMode.device})], "can't be made here"],
		['content that was not asked for', [dataHead(3, 1), Buffer.from('x')], 'not asked for'],
	])('is refused: %s', async (_what, packets, words) => {
		const {root, call} = receiving({'out/there': {to: '..'}, secret: 'x'});
		if (packets.length === 2 && packets[1]!.length === 1) call.send(...packets);
		else for (const packet of packets) call.send(packet);
		expect((await call.ended).details).toContain(words);
		expect(existsSync(join(root, 'x'))).toBe(false);
		expect(readFileSync(join(root, 'secret'), 'utf8')).toBe('x');
	});

	test('a link that stood where a file goes is replaced, not written through', async () => {
		const {root, call} = receiving({victim: 'safe', 'out/f': {to: '../victim'}});
		call.send(statOf('f'));
		call.send(noMoreStats);
		expect(await nextPacket(call)).toMatchObject({type: packetType.REQ, id: 0});
		call.send(dataHead(0, 4), Buffer.from('evil'));
		call.send(dataHead(0, 0));
		expect((await nextPacket(call))?.type).toBe(packetType.FIN);
		expect([readFileSync(join(root, 'victim'), 'utf8'), readFileSync(join(root, 'out/f'), 'utf8')]).toEqual(['safe', 'evil']);
	});

	test('a hundred files with few open at once', async () => {
		const {root, call} = receiving();
		for (let index = 0; index < 100; index++) call.send(statOf(`f${String(index).padStart(3, '0')}`));
		call.send(noMoreStats);
		for (let packet = await nextPacket(call); packet?.type === packetType.REQ; packet = await nextPacket(call)) {
			call.send(dataHead(packet.id, 1), Buffer.from('x'));
			call.send(dataHead(packet.id, 0));
		}

		expect(readFileSync(join(root, 'out/f099'), 'utf8')).toBe('x');
	});
});

describe('an archive that a build sends', () => {
	test('comes in pieces to the exporter that it is of', async () => {
		const got: Buffer[] = [];
		const write = async (bytes: AsyncIterable<Uint8Array>): Promise<void> => {
			for await (const piece of bytes) got.push(Buffer.from(piece));
		};
		const unused = {kind: 'stream', write: async () => {}} as const;
		const call = peerOf(fileSendHandler([unused, {kind: 'stream', write}]))(sendPath, {'buildkit-attachable-exporter-id': '1'});
		const sent = randomBytes(5_000_000);
		for (let at = 0; at < sent.length; at += 32_768) {
			const piece = sent.subarray(at, at + 32_768);
			call.send(bytesMessageHead(piece.length).subarray(5), piece);
		}

		call.end();
		expect((await call.ended).code).toBe(0);
		expect(Buffer.concat(got).equals(sent)).toBe(true);
	});

	test('whoever can not take it says why', async () => {
		const write = async (): Promise<void> => {
			throw new Error('the disk is full');
		};
		const call = peerOf(fileSendHandler([{kind: 'stream', write}]))(sendPath);
		expect(await call.ended).toMatchObject({code: 2, details: 'the disk is full'});
	});

	test('an exporter that there is not', async () => {
		expect((await peerOf(fileSendHandler([]))(sendPath, {'buildkit-attachable-exporter-id': '3'}).ended).details).toBe('there is no exporter of number 3');
	});
});

import {constants} from 'node:fs';
import {chmod, type FileHandle, link, lstat, lutimes, mkdir, open, rm, symlink} from 'node:fs/promises';
import {Failure, failing, messageOf} from '../../../errors.ts';
import {plain} from '../../../model/sanitize.ts';
import type {Packet, Stat} from '../../../protocol/generated/buildkit-fsutil.ts';
import type {ServerCall} from '../../grpc/index.ts';
import {errorPacket, finPacket, packetType, readPacket, requestPacket} from './packets.ts';
import {createPaths} from './safe-path.ts';
import {kindOf, toKernelMode} from './stat.ts';
import {below} from './walk.ts';

/** Files that are asked for at once, each of them open. */
const mostOpen = 16;

/** What stood there has been removed, and nobody may have put a link there since. */
const createFlags = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW;
const reopenFlags = constants.O_WRONLY | constants.O_NOFOLLOW;

/** A folder that is there stays, with what is in it; anything else gives way. */
const makeFolder = async (absolute: Buffer): Promise<void> => {
	try {
		await mkdir(absolute, 0o700);
	} catch (error) {
		if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
		if ((await lstat(absolute)).isDirectory()) return;
		await rm(absolute);
		await mkdir(absolute, 0o700);
	}
};

const seconds = (ns: bigint): number => Number(ns) / 1e9;

const setTimes = async (absolute: Buffer, {modTime}: Stat): Promise<void> => lutimes(absolute, seconds(modTime), seconds(modTime));

/** Make what the packet says, without content. Answers whether there is content to ask for. */
const make = async (root: Buffer, stat: Stat): Promise<boolean> => {
	const path = Buffer.from(stat.path);
	const absolute = below(root, path);
	const kind = kindOf(stat.mode);
	if (kind === 'folder') {
		await makeFolder(absolute);
		return false;
	}

	await rm(absolute, {force: true, recursive: true});
	if (kind === 'symlink') {
		await symlink(Buffer.from(stat.linkname), absolute);
		await setTimes(absolute, stat);
		return false;
	}

	if (kind !== 'file') throw new Failure('unsupported', `${plain(path.toString())} is a ${kind}, which can't be made here`, {hint: 'take the result as a tar: --output type=tar,dest=FILE'});
	if (stat.linkname.length > 0) {
		await link(below(root, Buffer.from(stat.linkname)), absolute);
		return false;
	}

	const file = await open(absolute, createFlags, 0o600);
	await file.close();
	return true;
};

type Wanted = {readonly id: number; readonly stat: Stat; readonly absolute: Buffer};

const createContents = (call: ServerCall) => {
	const waiting: Wanted[] = [];
	const asked = new Map<number, Wanted & {file: FileHandle | undefined}>();
	const ask = (): void => {
		while (asked.size < mostOpen) {
			const next = waiting.shift();
			if (next === undefined) return;
			asked.set(next.id, {...next, file: undefined});
			call.send(requestPacket(next.id));
		}
	};

	return {
		want: (wanted: Wanted): void => {
			waiting.push(wanted);
			ask();
		},
		take: async ({id, data}: Packet): Promise<void> => {
			const one = asked.get(id);
			if (one === undefined) throw new Failure('invalid', `the build sent content of a file of number ${id}, which was not asked for`);
			if (data.length > 0) {
				one.file ??= await open(one.absolute, reopenFlags);
				await one.file.writeFile(data);
				return;
			}

			await one.file?.close();
			await chmod(one.absolute, toKernelMode(one.stat.mode));
			await setTimes(one.absolute, one.stat);
			asked.delete(id);
			ask();
		},
		isDone: (): boolean => waiting.length === 0 && asked.size === 0,
		close: async (): Promise<void> => {
			await Promise.all([...asked.values()].map(async ({file}) => file?.close().catch(() => {})));
		},
	};
};

/**
Receive a folder the way fsutil has it, into one that may have other things in it already. Owners stay ours. Nothing is made outside it,
and nothing is written through a link.
*/
export const receiveTree = async (call: ServerCall, destination: string): Promise<void> => {
	const root = Buffer.from(destination);
	const paths = createPaths();
	const contents = createContents(call);
	const folders: Array<readonly [absolute: Buffer, stat: Stat]> = [];
	let nextId = 0;
	let isListed = false;

	const takeStat = async (stat: Stat): Promise<void> => {
		const id = nextId++;
		const path = Buffer.from(stat.path);
		const isFolder = kindOf(stat.mode) === 'folder';
		paths.take(path, isFolder);
		if (kindOf(stat.mode) === 'file' && stat.linkname.length > 0) paths.known(Buffer.from(stat.linkname));
		const absolute = below(root, path);
		const hasContent = await make(root, stat).catch((error: unknown) => {
			throw failing(`write ${plain(absolute.toString())}`, error);
		});
		if (isFolder) folders.push([absolute, stat]);
		if (hasContent) contents.want({id, stat, absolute});
	};

	/** Last of all, the deepest first: what is written into a folder changes its time, and its mode may forbid it. */
	const settle = async (): Promise<void> => {
		for (const [absolute, stat] of folders.reverse()) {
			await chmod(absolute, toKernelMode(stat.mode));
			await setTimes(absolute, stat);
		}

		call.send(finPacket);
	};

	/** True when the other side has said good-bye. */
	const take = async (packet: Packet): Promise<boolean> => {
		if (packet.type === packetType.FIN) return true;
		if (packet.type === packetType.ERR) throw new Failure('internal', `the build could not send its files: ${plain(Buffer.from(packet.data).toString())}`);
		if (packet.type === packetType.DATA) await contents.take(packet);
		else if (packet.stat !== undefined) await takeStat(packet.stat);
		else isListed = true;
		if (isListed && packet.type !== packetType.REQ && contents.isDone()) await settle();
		return false;
	};

	try {
		await mkdir(destination, {recursive: true});
		for await (const messages of call.messages()) {
			for (const message of messages) if (await take(readPacket(message))) return;
		}
	} catch (error) {
		call.send(errorPacket(messageOf(error)));
		throw error;
	} finally {
		await contents.close();
	}
};

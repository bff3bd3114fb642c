import {closeSync, constants, fstatSync, openSync, readSync} from 'node:fs';
import {type FileHandle, open} from 'node:fs/promises';
import {Failure, failing, messageOf} from '../../../errors.ts';
import {plain} from '../../../model/sanitize.ts';
import type {TreeFilter} from '../../../model/ignore-pattern.ts';
import type {ServerCall} from '../../grpc/index.ts';
import {dataHead, errorPacket, finPacket, noMoreStats, packetType, readPacket} from './packets.ts';
import {createPace, type Pace} from './pace.ts';
import {kindOf} from './stat.ts';
import {statPacket} from './stat-packet.ts';
import {below, isGone, walkTree} from './walk.ts';

/** Of one file at a time. A message that large still fits what every daemon accepts, and its cost per byte no longer shows. */
const chunkBytes = 512 * 1024;

/** Files that are read at once: small ones wait for the disk and the thread pool, not for each other. */
const readers = 8;

/** What is no larger is read in one go. */
const smallBytes = 128 * 1024;

type Listed = {readonly path: Buffer; readonly size: bigint};

type Sending = {readonly call: ServerCall; readonly root: string; readonly files: Map<number, Listed>; readonly pace: Pace};

/** What was a file a moment ago may be a link out of the tree or a pipe without end by now. */
const openFlags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;

const openOrGone = async (path: Buffer): Promise<FileHandle | undefined> => {
	try {
		return await open(path, openFlags);
	} catch (error) {
		// A socket can't be opened at all, and is an empty file in an image.
		if (isGone(error) || (error as NodeJS.ErrnoException).code === 'ENXIO') return undefined;
		throw error;
	}
};

/** Up to the size that it has now: one that grows as fast as it is read would never end. */
const sendContent = async ({call}: Sending, id: number, file: FileHandle): Promise<void> => {
	const stats = await file.stat();
	if (!stats.isFile()) return;
	for (let left = stats.size; left > 0;) {
		await call.room();
		call.signal.throwIfAborted();
		const buffer = Buffer.allocUnsafe(Math.min(left, chunkBytes));
		const {bytesRead} = await file.read(buffer, 0, buffer.length);
		if (bytesRead === 0) return;
		call.send(dataHead(id, bytesRead), buffer.subarray(0, bytesRead));
		left -= bytesRead;
	}
};

/** All of a small file; undefined when it is one no longer, for the other way to deal with. */
const readAtOnce = (path: Buffer, pace: Pace): Buffer | undefined =>
	pace.atOnce(() => {
		const file = openSync(path, openFlags);
		try {
			const stats = fstatSync(file);
			if (!stats.isFile() || stats.size > smallBytes) return undefined;
			const buffer = Buffer.allocUnsafe(stats.size);
			let length = 0;
			for (let count = 1; count > 0 && length < buffer.length; length += count) count = readSync(file, buffer, length, buffer.length - length, null);
			return buffer.subarray(0, length);
		} finally {
			closeSync(file);
		}
	});

const sendSmall = (sending: Sending, id: number, absolute: Buffer): boolean => {
	try {
		const content = readAtOnce(absolute, sending.pace);
		if (content === undefined) return false;
		if (content.length > 0) sending.call.send(dataHead(id, content.length), content);
		sending.call.send(dataHead(id, 0));
		return true;
	} catch {
		// What is wrong with it is said by the other way.
		return false;
	}
};

/** Node says the call and the path again, which the sentence has already. */
const withoutCall = (error: unknown): unknown => {
	const {code, syscall} = error as NodeJS.ErrnoException;
	if (code === undefined || syscall === undefined) return error;
	return new Failure(code === 'EACCES' || code === 'EPERM' ? 'denied' : 'internal', messageOf(error).replace(`${code}: `, '').replace(new RegExp(`, ${syscall}.*$`, 's'), ''), {cause: error});
};

const sendFile = async (sending: Sending, id: number, {path, size}: Listed): Promise<void> => {
	const {call, root, pace} = sending;
	const absolute = below(Buffer.from(root), path);
	await call.room();
	if (size <= smallBytes && pace.isQuick() && sendSmall(sending, id, absolute)) return pace.breathe();
	try {
		const file = await openOrGone(absolute);
		try {
			// One that has vanished is empty, as it is with the other clients: by now nobody can leave it out.
			if (file !== undefined) await sendContent(sending, id, file);
		} finally {
			await file?.close();
		}
	} catch (error) {
		throw failing(`read ${plain(absolute.toString())}`, withoutCall(error), 'make it readable, or name it in .dockerignore');
	}

	call.send(dataHead(id, 0));
};

const sendStats = async ({call, root, files}: Sending, filter: TreeFilter): Promise<void> => {
	let id = 0;
	for await (const stat of walkTree(root, filter, call.signal)) {
		if (kindOf(stat.mode) === 'file') files.set(id, {path: Buffer.from(stat.path), size: stat.size});
		id += 1;
		call.send(statPacket(stat));
		await call.room();
	}

	call.send(noMoreStats);
};

/** Runs so many at a time, in order; `failed` rejects with the first failure, and nothing more is begun. */
const createPool = (most: number) => {
	const waiting: Array<() => Promise<void>> = [];
	const failed = Promise.withResolvers<never>();
	failed.promise.catch(() => {});
	let running = 0;
	const work = async (): Promise<void> => {
		running += 1;
		try {
			for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) await next();
			running -= 1;
		} catch (error) {
			failed.reject(error);
		}
	};

	return {
		add: (one: () => Promise<void>): void => {
			waiting.push(one);
			if (running < most) void work();
		},
		failed: failed.promise,
	};
};

/** The cause of a failure that the daemon told us of: it says the same, and more, as the answer to the build. */
export const daemonsWord = Symbol('what the daemon said');

/** Answers what is asked for until the other side has everything: it says so with FIN, gets the same back, and waits for our end. */
const answerRequests = async (sending: Sending, run: (work: () => Promise<void>) => void): Promise<void> => {
	const {call, files} = sending;
	for await (const messages of call.messages()) {
		for (const message of messages) {
			const packet = readPacket(message);
			if (packet.type === packetType.FIN) return call.send(finPacket);
			if (packet.type === packetType.ERR) throw new Failure('internal', `the daemon could not take the files: ${plain(Buffer.from(packet.data).toString())}`, {cause: daemonsWord});
			if (packet.type !== packetType.REQ) continue;
			const file = files.get(packet.id);
			if (file === undefined) throw new Failure('invalid', `the daemon asked for a file of number ${packet.id}, which there is not`);
			files.delete(packet.id);
			run(async () => sendFile(sending, packet.id, file));
		}
	}

	throw new Failure('unavailable', 'the daemon stopped before it had all files');
};

/** Send a folder the way fsutil has it: the whole list at once, and the content of what is asked for, in any order. */
export const sendTree = async (call: ServerCall, root: string, filter: TreeFilter): Promise<void> => {
	const sending: Sending = {call, root, files: new Map(), pace: createPace()};
	const pool = createPool(readers);
	try {
		const listing = sendStats(sending, filter);
		// The list need not have been read to its end by us for the answer to be over, but its failure is the answer's.
		await Promise.race([answerRequests(sending, pool.add), pool.failed, listing.then(async () => new Promise<never>(() => {}))]);
		await listing;
	} catch (error) {
		call.send(errorPacket(messageOf(error)));
		throw error;
	}
};

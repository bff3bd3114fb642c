import {spawn} from 'node:child_process';
import {type FileHandle, mkdir, open, stat} from 'node:fs/promises';
import {Failure, isAbort} from '../../errors.ts';

const defaultPatienceSeconds = 30;

export type LockOptions = {
	readonly signal?: AbortSignal;
	/** How long others may hold it. */
	readonly patienceSeconds?: number;
};

/**
Hold an exclusive flock(2) on a directory or file while `run` runs.

Node has no flock. The lock belongs to the open file description, so a `flock` child that inherits our descriptor as its fd 3
takes the lock, exits, and leaves it with us until we close: nothing to release when we die. nerdctl locks directories this way.
*/
export const withLock = async <T>(path: string, run: () => Promise<T>, options: LockOptions = {}): Promise<T> => {
	const release = await holdLock(path, options);
	try {
		return await run();
	} finally {
		await release();
	}
};

type Turn = {readonly handle: FileHandle; readonly count: number};

/** Who of this process wants a lock that one of us has. */
type Line = {readonly waiting: Array<(turn: Turn | undefined) => void>};

const lines = new Map<string, Line>();

/** So often a lock goes to the next of us before other programs have a chance. */
const turnsAtMost = 16;

/** The path may have been given to another file meanwhile, whose lock is another. */
const isStillAt = async (path: string, handle: FileHandle): Promise<boolean> => {
	const [ours, there] = await Promise.all([handle.stat(), stat(path).catch(() => undefined)]);
	return there !== undefined && there.ino === ours.ino && there.dev === ours.dev;
};

/** Stand in line behind another of us. Answers the lock when that one hands it over, and undefined when it let it go. */
const standInLine = (path: string, {waiting}: Line, {signal, patienceSeconds = defaultPatienceSeconds}: LockOptions): Promise<Turn | undefined> =>
	new Promise((resolve, reject) => {
		const leave = (): void => {
			clearTimeout(timer);
			signal?.removeEventListener('abort', stop);
			const at = waiting.indexOf(next);
			if (at >= 0) waiting.splice(at, 1);
		};
		const next = (turn: Turn | undefined): void => {
			leave();
			resolve(turn);
		};
		const stop = (): void => {
			leave();
			reject(signal?.reason as Error);
		};
		const timer = setTimeout(() => {
			leave();
			reject(tooLong(path, patienceSeconds));
		}, patienceSeconds * 1000);
		signal?.addEventListener('abort', stop);
		waiting.push(next);
	});

/**
For a lock that outlives the function that takes it; whoever gets the release must call it on every way out.

Starting a `flock` takes longer than most of what is done under a lock, so of many in this process who want the same one each hands it to the
next, for a while.
*/
export const holdLock = async (path: string, options: LockOptions = {}): Promise<() => Promise<void>> => {
	options.signal?.throwIfAborted();
	let turn: Turn | undefined;
	for (let line = lines.get(path); line !== undefined && turn === undefined; line = lines.get(path)) turn = await standInLine(path, line, options);
	turn ??= await takeFirst(path, options);
	const {handle, count} = turn;
	let isReleased = false;
	return async () => {
		if (isReleased) return;
		isReleased = true;
		const line = lines.get(path)!;
		const isOurs = line.waiting.length > 0 && count < turnsAtMost && (await isStillAt(path, handle));
		const next = isOurs ? line.waiting[0] : undefined;
		if (next !== undefined) {
			next({handle, count: count + 1});
			return;
		}
		lines.delete(path);
		await handle.close();
		for (const each of [...line.waiting]) each(undefined);
	};
};

/** The first of us: the others stand in line from now on. */
const takeFirst = async (path: string, options: LockOptions): Promise<Turn> => {
	const line: Line = {waiting: []};
	lines.set(path, line);
	let handle: FileHandle | undefined;
	try {
		handle = await open(path, 'r');
		await take(path, handle.fd, options);
		return {handle, count: 1};
	} catch (error) {
		lines.delete(path);
		await handle?.close();
		for (const each of [...line.waiting]) each(undefined);
		throw error;
	}
};

/** As `withLock`, on a directory that is made when it is missing. */
export const withDirectoryLock = async <T>(
	path: string,
	run: () => Promise<T>,
	options: LockOptions = {},
): Promise<T> => {
	await mkdir(path, {recursive: true, mode: 0o700});
	return withLock(path, run, options);
};

const tooLong = (path: string, seconds: number): Failure =>
	new Failure('timeout', `${path} was locked by another program for ${seconds} s`, {hint: 'see which one with lslocks'});

/**
util-linux's program, which asks for the lock of our descriptor as its fd 3. Not through execa: it passes on no descriptors but the
standard three. What can't be started is told by the promise.
*/
const flock = (fd: number, words: readonly string[], signal?: AbortSignal): Promise<number | null> =>
	new Promise((resolve, reject) => {
		const child = spawn('flock', [...words, '3'], {stdio: ['ignore', 'ignore', 'ignore', fd], ...(signal === undefined ? {} : {signal})});
		child.once('error', reject);
		child.once('exit', resolve);
	});

/** Whether another holds the lock now; /proc/locks names inodes only, what `flock` answers is the kernel's own word. What can't be asked counts as held. */
export const isLocked = async (path: string): Promise<boolean> => {
	const handle = await open(path, 'r');
	try {
		return (await flock(handle.fd, ['-x', '-n'])) !== 0;
	} catch {
		return true;
	} finally {
		await handle.close();
	}
};

const take = async (path: string, fd: number, {signal, patienceSeconds = defaultPatienceSeconds}: LockOptions): Promise<void> => {
	let code: number | null;
	try {
		code = await flock(fd, ['-x', '-w', String(patienceSeconds)], signal);
	} catch (error) {
		if (isAbort(error)) throw error;
		throw new Failure('unsupported', `Could not lock ${path}: the flock command did not start`, {cause: error, hint: 'install util-linux'});
	}
	// What `flock -w` answers when the time is up.
	if (code === 1) throw tooLong(path, patienceSeconds);
	if (code !== 0) throw new Failure('internal', `Could not lock ${path}: the flock command failed`);
};

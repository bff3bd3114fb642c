import {spawn} from 'node:child_process';
import {mkdir, open} from 'node:fs/promises';
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

/** For a lock that outlives the function that takes it; whoever gets the release must call it on every way out. */
export const holdLock = async (path: string, options: LockOptions = {}): Promise<() => Promise<void>> => {
	const handle = await open(path, 'r');
	try {
		await take(path, handle.fd, options);
	} catch (error) {
		await handle.close();
		throw error;
	}
	return async () => handle.close();
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
	if (code === 1) throw new Failure('timeout', `${path} was locked by another program for ${patienceSeconds} s`, {hint: 'see which one with lslocks'});
	if (code !== 0) throw new Failure('internal', `Could not lock ${path}: the flock command failed`);
};

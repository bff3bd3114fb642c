import {mkdirSync, statSync} from 'node:fs';
import {open} from 'node:fs/promises';
import {Failure} from '../../errors.ts';
import {type Held, lockBeside, notOpened} from './side-shell.ts';

const defaultPatienceSeconds = 30;

export type LockOptions = {
	readonly signal?: AbortSignal;
	/** How long others may hold it. */
	readonly patienceSeconds?: number;
};

/**
Hold an exclusive flock(2) on a directory or file while `run` runs.

Node has no flock. The lock belongs to an open file of the shell beside us (see `side-shell.ts`), which ends when we do: nothing to release when we
die. nerdctl locks directories this way.
*/
export const withLock = async <T>(path: string, run: () => Promise<T>, options: LockOptions = {}): Promise<T> => {
	const release = await holdLock(path, options);
	try {
		return await run();
	} finally {
		await release();
	}
};

type Turn = {readonly held: Held; readonly count: number};

/** Who of this process wants a lock that one of us has. */
type Line = {readonly waiting: Array<(turn: Turn | undefined) => void>};

const lines = new Map<string, Line>();

/** So often a lock goes to the next of us before other programs have a chance. */
const turnsAtMost = 16;

/** The path may have been given to another file meanwhile, whose lock is another. */
const isStillAt = (path: string, {file}: Held): boolean => {
	const [ours, there] = [file, path].map(each => statSync(each, {throwIfNoEntry: false}));
	return ours !== undefined && there !== undefined && there.ino === ours.ino && there.dev === ours.dev;
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
	const {held, count} = turn;
	let isReleased = false;
	return async () => {
		if (isReleased) return;
		isReleased = true;
		const line = lines.get(path)!;
		const isOurs = line.waiting.length > 0 && count < turnsAtMost && isStillAt(path, held);
		const next = isOurs ? line.waiting[0] : undefined;
		if (next !== undefined) {
			next({held, count: count + 1});
			return;
		}
		lines.delete(path);
		await held.release();
		for (const each of [...line.waiting]) each(undefined);
	};
};

/** The first of us: the others stand in line from now on. */
const takeFirst = async (path: string, options: LockOptions): Promise<Turn> => {
	const line: Line = {waiting: []};
	lines.set(path, line);
	try {
		return {held: await take(path, options), count: 1};
	} catch (error) {
		lines.delete(path);
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
	mkdirSync(path, {recursive: true, mode: 0o700});
	return withLock(path, run, options);
};

const tooLong = (path: string, seconds: number): Failure =>
	new Failure('timeout', `${path} was locked by another program for ${seconds} s`, {hint: 'see which one with lslocks'});

/** Why there is nothing to lock, in the kernel's words. */
const failedToOpen = async (path: string): Promise<unknown> => {
	try {
		await (await open(path, 'r')).close();
		return new Failure('internal', `Could not lock ${path}: the shell that should could not open it`);
	} catch (error) {
		return error;
	}
};

/** What `flock` answers when the lock is another's, after as long as it was told to wait. */
const isTaken = 1;

/** What a shell answers for a program that is not there. */
const isMissing = 127;

/** Whether another holds the lock now; /proc/locks names inodes only, what `flock` answers is the kernel's own word. What can't be asked counts as held. */
export const isLocked = async (path: string): Promise<boolean> => {
	const held = await lockBeside(path, ['-x', '-n']);
	if (held === notOpened) throw await failedToOpen(path);
	if (typeof held === 'number') return true;
	await held.release();
	return false;
};

/** Who gives up leaves: what is given later goes back at once. */
const unlessAborted = async (taking: Promise<Held | number>, signal: AbortSignal | undefined): Promise<Held | number> => {
	if (signal === undefined) return taking;
	const gaveUp = Promise.withResolvers<never>();
	const stop = (): void => {
		gaveUp.reject(signal.reason);
		void taking.then(async held => (typeof held === 'number' ? undefined : held.release()));
	};
	signal.addEventListener('abort', stop);
	try {
		return await Promise.race([taking, gaveUp.promise]);
	} finally {
		signal.removeEventListener('abort', stop);
	}
};

const take = async (path: string, {signal, patienceSeconds = defaultPatienceSeconds}: LockOptions): Promise<Held> => {
	const held = await unlessAborted(lockBeside(path, ['-x', '-w', String(patienceSeconds)]), signal);
	if (typeof held !== 'number') return held;
	if (held === notOpened) throw await failedToOpen(path);
	if (held === isTaken) throw tooLong(path, patienceSeconds);
	if (held === isMissing) throw new Failure('unsupported', `Could not lock ${path}: the flock command did not start`, {hint: 'install util-linux'});
	throw new Failure('internal', `Could not lock ${path}: the flock command failed`);
};

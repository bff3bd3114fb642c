import {type ChildProcess, spawn} from 'node:child_process';
import {closeSync, constants, openSync, rmSync} from 'node:fs';
import {Socket} from 'node:net';
import {join} from 'node:path';
import {PassThrough, type Readable} from 'node:stream';
import {Failure} from '../../errors.ts';
import {type LogStream, logStream, openContainerLog} from '../json-log/index.ts';

/** The log of a container in the foreground, which is written here, and what it says, when the log has it. */
export type LogReader = {
	readonly stdout: Readable;
	readonly stderr: Readable;
	/** Resolves when the log is known to be written; rejects when who would write it after us can't be started. */
	readonly ready: Promise<void>;
	/** The daemon has opened its ends: from now on the streams end with the container. */
	started(): void;
	/** Lets go of it: a log driver goes on. */
	leave(): void;
	/** Ends it; for a container that never came to be. */
	stop(): Promise<void>;
};

type Options = {
	readonly program: string;
	readonly dataStore: string;
	readonly namespace: string;
	readonly id: string;
	readonly directory: string;
	readonly stdout: string;
	/** Empty with a terminal. */
	readonly stderr: string;
};

/** A stream of the container on its way through us: to the log first, and no faster than it is taken. */
const through = (fd: number, log: ReturnType<typeof openContainerLog>, name: 'stdout' | 'stderr'): {readonly copy: LogStream; readonly seen: PassThrough} => {
	const seen = new PassThrough();
	const taken = (): Promise<void> =>
		new Promise(resolve => {
			seen.once('drain', resolve).once('close', resolve);
		});
	const onChunk = (chunk: Buffer): Promise<void> | undefined => (seen.destroyed || seen.write(chunk) ? undefined : taken());
	const copy = logStream(new Socket({fd, readable: true, writable: false}), log, name, {onChunk});
	void copy.ended.then(() => {
		if (!seen.destroyed) seen.end();
	});
	return {copy, seen};
};

/**
Write the log of a container whose FIFOs are there already, and start the program that would go on if we were killed: until then it is a
shell that waits for our end of a pipe to close, and holds the lock on the log. Our side is open for both until the daemon has opened its
own: else the streams would end before they begin.
*/
export const startLogReader = ({program, dataStore, namespace, id, directory, ...paths}: Options): LogReader => {
	const fifos = [paths.stdout, paths.stderr].filter(path => path !== '');
	const keepers: number[] = [];
	const dropKeepers = (): void => {
		for (const keeper of keepers.splice(0)) closeSync(keeper);
	};
	const reading = (): number[] => fifos.map(path => openSync(path, constants.O_RDONLY | constants.O_NONBLOCK));
	const log = openContainerLog(join(dataStore, 'containers', namespace, id), id);
	let child: ChildProcess;
	try {
		keepers.push(...fifos.map(path => openSync(path, constants.O_RDWR | constants.O_NONBLOCK)));
		const ends = reading();
		try {
			child = spawn(program, ['log', dataStore, directory], {
				detached: true,
				stdio: ['ignore', 'ignore', 'ignore', ends[0]!, ends[1] ?? 'pipe', 'pipe', 'pipe'],
				cwd: '/',
				env: {CONTAINER_ID: id, CONTAINER_NAMESPACE: namespace},
			});
		} finally {
			for (const end of ends) closeSync(end);
		}
	} catch (error) {
		dropKeepers();
		log.close();
		throw error;
	}
	const [stderrEnd, readyEnd, ourEnd] = child.stdio.slice(4) as unknown as [Socket | null, Socket, Socket];
	// Without a stderr of its own the driver gets one that has ended.
	stderrEnd?.destroy();
	const exited = new Promise<void>(resolve => {
		child.once('close', () => resolve()).once('error', () => resolve());
	});
	const ready = new Promise<void>((resolve, reject) => {
		readyEnd.once('data', () => resolve());
		child.once('error', cause => reject(new Failure('internal', `the log driver ${program} did not start`, {cause})));
		child.once('exit', () => reject(new Failure('internal', `the log driver ${program} ended before it was ready`)));
	});
	ready.catch(() => undefined);
	for (const end of [readyEnd, ourEnd]) end.on('error', () => undefined);

	const [out, err] = reading().map((fd, at) => through(fd, log, at === 0 ? 'stdout' : 'stderr'));
	const copies = [out, err].flatMap(each => each ?? []);
	const stderr = err?.seen ?? new PassThrough().end();
	let isOver = false;
	/** All is written: who would have gone on is not needed any more. */
	const finish = (): void => {
		if (isOver) return;
		isOver = true;
		log.close();
		child.kill('SIGKILL');
		dropKeepers();
		for (const end of [readyEnd, ourEnd]) end.destroy();
		rmSync(directory, {recursive: true, force: true});
	};
	void Promise.all(copies.map(({copy}) => copy.ended)).then(finish);
	return {
		stdout: out!.seen,
		stderr,
		ready,
		started: dropKeepers,
		leave() {
			if (isOver) return;
			isOver = true;
			const left = copies.map(({copy}) => Buffer.from(copy.release()).toString('hex') || '-');
			for (const {seen} of copies) seen.destroy();
			log.close();
			ourEnd.end(`${left.join(' ')}\n`);
			dropKeepers();
			child.unref();
			readyEnd.destroy();
		},
		async stop() {
			for (const {seen} of copies) seen.resume();
			finish();
			for (const {copy} of copies) copy.release();
			await exited;
		},
	};
};

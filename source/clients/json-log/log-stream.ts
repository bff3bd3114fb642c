import type {Socket} from 'node:net';
import type {ContainerLog, StreamName} from './container-log.ts';
import {createLineSplitter} from './line-splitter.ts';

/** How long a line may take to get its line feed before what there is of it is shown: a prompt has none, a torn read gets it at once. */
const fragmentWaitMs = 20;

export type LogStream = {
	/** At the end of the stream, with everything in the log. */
	readonly ended: Promise<void>;
	/** Stop reading, for another to go on: all that was read is in the log, but for the first bytes of a character, which are answered. */
	release(): Uint8Array;
};

export type LogStreamOptions = {
	/** The first bytes of a character that whoever read before us left over. */
	readonly begun?: Uint8Array;
	/** Told of each chunk when the log has it. What it answers when it can't keep up is waited for before more is read. */
	readonly onChunk?: (chunk: Buffer) => Promise<void> | undefined;
};

/** Write one stream of a container into its log, line by line, as fast as it comes. */
export const logStream = (socket: Socket, log: ContainerLog, name: StreamName, {begun, onChunk}: LogStreamOptions = {}): LogStream => {
	const splitter = createLineSplitter(begun);
	let timer: NodeJS.Timeout | undefined;

	const flush = (text: string | undefined): void => log.write(text === undefined ? [] : [text], name);

	const take = (chunk: Buffer): void => {
		log.write(splitter.push(chunk), name);
		const pause = onChunk?.(chunk);
		if (pause !== undefined) {
			socket.pause();
			void pause.then(() => socket.resume());
		}
		clearTimeout(timer);
		if (splitter.hasFragment()) timer = setTimeout(() => flush(splitter.takeFragment()), fragmentWaitMs);
	};

	const ended = new Promise<void>(resolve => {
		socket.on('data', take);
		socket.on('error', () => socket.destroy());
		socket.on('close', () => {
			clearTimeout(timer);
			flush(splitter.end());
			resolve();
		});
	});

	return {
		ended,
		release() {
			socket.pause();
			clearTimeout(timer);
			for (let chunk: Buffer | null = socket.read(); chunk !== null; chunk = socket.read()) log.write(splitter.push(chunk), name);
			flush(splitter.takeFragment());
			const left = splitter.takeBegun();
			socket.destroy();
			return left;
		},
	};
};

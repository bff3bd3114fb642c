import {Socket} from 'node:net';
import {type ContainerLog, logStream, type StreamName} from '../clients/json-log/index.ts';

const exitPollMs = 1000;
/** With the container gone, what is in the pipe arrives at once; silence this long means that it is empty. */
const drainedAfterMs = 100;
/** containerd's shim kills its log driver twelve seconds after its SIGTERM, so we end in order before that, whatever still writes. */
const drainAtMostMs = 10_000;

export type Streams = {
	/** Descriptors, and what was left over of a character by whoever read them before. */
	readonly [name in StreamName]: {readonly fd: number; readonly begun?: Uint8Array};
};

export type LogDriver = {
	/** With everything written and the log closed. */
	readonly ended: Promise<void>;
	/** Write what is in the pipes, and end, though others may still hold them open. */
	drain(): void;
};

/** Copy both streams to the log until they end, or until the container is gone and nothing more comes. */
export const driveLog = (streams: Streams, log: ContainerLog, isOver: () => boolean): LogDriver => {
	let touchedAt = 0;
	const touch = (): undefined => {
		touchedAt = performance.now();
	};
	const copies = (['stdout', 'stderr'] as const).map(name => {
		const {fd, begun} = streams[name];
		const socket = new Socket({fd, readable: true, writable: false});
		return {socket, copy: logStream(socket, log, name, {onChunk: touch, ...(begun === undefined ? {} : {begun})})};
	});
	let draining: NodeJS.Timeout | undefined;

	const drain = (): void => {
		if (draining !== undefined) return;
		const startedAt = performance.now();
		touchedAt = startedAt;
		draining = setInterval(() => {
			const now = performance.now();
			if (now - touchedAt < drainedAfterMs && now - startedAt < drainAtMostMs) return;
			for (const {socket} of copies) socket.destroy();
		}, drainedAfterMs / 2);
	};

	const polling = setInterval(() => {
		if (isOver()) drain();
	}, exitPollMs);

	const finish = async (): Promise<void> => {
		await Promise.all(copies.map(({copy}) => copy.ended));
		clearInterval(polling);
		clearInterval(draining);
		log.close();
	};
	return {ended: finish(), drain};
};

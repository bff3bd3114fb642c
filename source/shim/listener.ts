import {Socket} from 'node:net';

/** Who looks on while the log is written: the program that started the container in the foreground. It may go at any time, and may be slow. */
export type Listener = {
	/** Answers whether it keeps up; if not, `onceReady` says when it does again, or that it has gone. */
	write(bytes: Uint8Array): boolean;
	onceReady(run: () => void): void;
	/** Everything written has reached it; answers whether it was still there. */
	end(): Promise<boolean>;
};

/** A socket of a pair, whose other end closes when its owner ends, however it ends. */
export const openListener = (fd: number): Listener => {
	const socket = new Socket({fd, readable: true, writable: true, allowHalfOpen: false});
	const waiting = new Set<() => void>();
	let isThere = true;
	const wake = (): void => {
		for (const run of [...waiting]) run();
		waiting.clear();
	};
	socket.on('drain', wake);
	socket.on('error', () => socket.destroy());
	socket.on('close', () => {
		isThere = false;
		wake();
	});
	// Nothing is ever said: reading is how the end is seen.
	socket.resume();
	return {
		write: bytes => !isThere || socket.write(bytes),
		onceReady(run) {
			if (isThere && socket.writableNeedDrain) waiting.add(run);
			else run();
		},
		end: async () =>
			new Promise<boolean>(resolve => {
				if (!isThere) return resolve(false);
				const wasThere = (): void => resolve(true);
				socket.once('finish', wasThere);
				socket.once('close', () => resolve(false));
				socket.end();
			}),
	};
};

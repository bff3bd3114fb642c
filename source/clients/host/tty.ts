import {closeSync, openSync} from 'node:fs';
import {ReadStream} from 'node:tty';

/**
The terminal's input, owned by us and by nobody else.

Ink's own reading can't be handed to a child: libuv goes on reading the terminal after a pause, parent and child compete, and the parent
blocks in `read` until the next line is typed. So the terminal is opened here, and for a child it is really closed.
*/
export type Tty = {
	/** Raw bytes as they come. Answers how to stop listening. */
	onBytes(listener: (bytes: Uint8Array) => void): () => void;
	size(): {readonly columns: number; readonly rows: number};
	onResize(listener: () => void): () => void;
	write(bytes: Uint8Array | string): void;
	/** Run a program that owns the terminal until it ends. */
	spawn(program: string, args: readonly string[]): Promise<void>;
	/** Give the terminal back as it was found. */
	close(): void;
};

const open = (): ReadStream => {
	const fd = openSync('/dev/tty', 'r');
	try {
		return new ReadStream(fd);
	} catch (error) {
		closeSync(fd);
		throw error;
	}
};

export const openTty = (stdout: NodeJS.WriteStream): Tty => {
	const listeners = new Set<(bytes: Uint8Array) => void>();
	let input: ReadStream | undefined;
	const start = () => {
		input = open();
		input.setRawMode(true);
		input.on('data', (bytes: Uint8Array) => {
			for (const listener of [...listeners]) listener(bytes);
		});
		// A terminal that was hung up ends or errors; SIGHUP is what ends the program.
		input.on('error', () => undefined);
	};
	const stop = async () => {
		const stopping = input;
		input = undefined;
		if (stopping === undefined) return;
		stopping.setRawMode(false);
		await new Promise<void>((resolve) => {
			stopping.once('close', resolve);
			stopping.destroy();
		});
	};
	start();
	return {
		onBytes(listener) {
			listeners.add(listener);
			return () => listeners.delete(listener);
		},
		size: () => ({columns: stdout.columns || 80, rows: stdout.rows || 24}),
		onResize(listener) {
			stdout.on('resize', listener);
			return () => stdout.off('resize', listener);
		},
		write: (bytes) => {
			stdout.write(bytes);
		},
		async spawn(program, args) {
			await stop();
			try {
				const {execa} = await import('execa');
				await execa(program, [...args], {stdio: 'inherit'});
			} finally {
				start();
			}
		},
		close() {
			const closing = input;
			input = undefined;
			if (closing === undefined) return;
			try {
				closing.setRawMode(false);
			} catch {
				// The terminal is gone: there is nothing left to restore.
			}
			closing.destroy();
		},
	};
};

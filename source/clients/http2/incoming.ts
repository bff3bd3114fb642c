import {breach, errorCode} from './frames.ts';

/** How much the other side may send of a stream before we have dealt with it. */
export const streamWindow = 4 * 1024 * 1024;

export type Incoming = {
	/** Throws a breach when it is more than was allowed. */
	count(bytes: number): void;
	push(piece: Buffer): void;
	/** Padding is dealt with as soon as it is here. */
	credit(bytes: number): void;
	end(): void;
	fail(error: Error): void;
	isOver(): boolean;
	body(): AsyncIterable<readonly Buffer[]>;
};

/** The receiving half of a stream. `onCredit` is told how many bytes more may come, in portions worth a frame. */
export const createIncoming = (streamId: number, onCredit: (bytes: number) => void): Incoming => {
	let pieces: Buffer[] = [];
	let window = streamWindow;
	let owed = 0;
	let isEnded = false;
	let failure: Error | undefined;
	let wake: (() => void) | undefined;

	const awaken = (): void => {
		wake?.();
		wake = undefined;
	};

	const credit = (bytes: number): void => {
		owed += bytes;
		if (isEnded || owed < streamWindow / 4) return;
		window += owed;
		onCredit(owed);
		owed = 0;
	};

	return {
		count: bytes => {
			window -= bytes;
			if (window < 0) throw breach(errorCode.flowControl, 'more bytes than the window of the stream', streamId);
		},
		push: piece => {
			pieces.push(piece);
			awaken();
		},
		credit,
		end: () => {
			isEnded = true;
			awaken();
		},
		fail: error => {
			failure ??= error;
			pieces = [];
			awaken();
		},
		isOver: () => isEnded || failure !== undefined,
		body: async function* () {
			for (;;) {
				if (failure !== undefined) throw failure;
				if (pieces.length > 0) {
					const taken = pieces;
					pieces = [];
					yield taken;
					credit(taken.reduce((sum, piece) => sum + piece.length, 0));
				} else if (isEnded) return;
				else {
					await new Promise<void>(resolve => {
						wake = resolve;
					});
				}
			}
		},
	};
};

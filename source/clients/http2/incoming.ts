import {createCredit} from './credit.ts';

/** How much the other side may send of a stream before we have dealt with it. */
export const streamWindow = 4 * 1024 * 1024;

/** What a connection does with the receiving half of a stream. */
export type Receiving = {
	/** Throws a breach when it is more than was allowed. */
	count(bytes: number): void;
	push(piece: Buffer): void;
	/** Padding is dealt with as soon as it is here. */
	credit(bytes: number): void;
	isOver(): boolean;
};

export type Incoming = Receiving & {
	end(): void;
	fail(error: Error): void;
	body(): AsyncIterable<readonly Buffer[]>;
};

/** The receiving half of a stream, for a reader who asks for more when he is ready for it. */
export const createIncoming = (streamId: number, onCredit: (bytes: number) => void): Incoming => {
	const credit = createCredit(streamId, streamWindow, onCredit);
	let pieces: Buffer[] = [];
	let isEnded = false;
	let failure: Error | undefined;
	let wake: (() => void) | undefined;

	const awaken = (): void => {
		wake?.();
		wake = undefined;
	};

	return {
		count: credit.count,
		push: piece => {
			pieces.push(piece);
			awaken();
		},
		credit: credit.give,
		end: () => {
			isEnded = true;
			credit.stop();
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
					credit.give(taken.reduce((sum, piece) => sum + piece.length, 0));
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

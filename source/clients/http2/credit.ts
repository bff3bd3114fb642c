import {breach, errorCode} from './frames.ts';

export type Credit = {
	/** So many have come. Throws a breach when they are more than was allowed. */
	count(bytes: number): void;
	/** So many are dealt with. */
	give(bytes: number): void;
	/** Nothing more will come. */
	stop(): void;
};

/** What the other side may send of a stream before we have dealt with it. `onCredit` is told how many bytes more, in portions worth a frame. */
export const createCredit = (streamId: number, windowBytes: number, onCredit: (bytes: number) => void): Credit => {
	let window = windowBytes;
	let owed = 0;
	let isStopped = false;
	return {
		count: bytes => {
			window -= bytes;
			if (window < 0) throw breach(errorCode.flowControl, 'more bytes than the window of the stream', streamId);
		},
		give: bytes => {
			owed += bytes;
			if (isStopped || owed < windowBytes / 4) return;
			window += owed;
			onCredit(owed);
			owed = 0;
		},
		stop: () => {
			isStopped = true;
		},
	};
};

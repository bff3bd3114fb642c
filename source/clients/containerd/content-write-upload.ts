import {Failure} from '../../errors.ts';
import {ContentService, WriteAction, WriteContentRequest, WriteContentResponse} from '../../protocol/generated/content.ts';
import {type Call, contextOf, onGivenUp, timeoutOf, wireHeaders} from './call.ts';
import {aborted, failureOf, garbled, timedOut} from './translate.ts';

/** What may be on its way without an answer. Enough to keep the daemon busy; what the memory of an upload is bounded by. */
const windowBytes = 4 * 1024 * 1024;

const method = ContentService.write;

type Waiting = {readonly bytes: number; readonly end: number | undefined; readonly resolve?: (answer: WriteContentResponse) => void};

/** One Content.Write stream. The daemon answers every message, in order; nobody waits for that between writes. */
export type Upload = {
	/** What the daemon answers to it, after it has answered everything before it. */
	ask(request: Partial<WriteContentRequest>): Promise<WriteContentResponse>;
	/** Waits only for room in the window. */
	write(offset: number, pieces: readonly Uint8Array[]): Promise<void>;
	/** No more is sent; waits until the daemon has taken what was and let go of the ref. */
	end(): Promise<void>;
	/** Settles as the promise does, or rejects as soon as the upload fails. */
	unlessFailed<Value>(promise: Promise<Value>): Promise<Value>;
	/** Let go of it. Before the daemon has ended it, that cuts it. */
	leave(): void;
};

const nothing: WriteContentRequest = {action: WriteAction.STAT, ref: '', total: 0, expected: '', offset: 0, data: new Uint8Array(0), labels: {}};

/** Field 6, length-delimited: the tag before the bytes, so that the bytes themselves are never copied into a message. */
const dataTag = 50;

const varint = (value: number): readonly number[] => (value < 128 ? [value] : [(value % 128) + 128, ...varint(Math.floor(value / 128))]);

export const openUpload = (call: Call, onProgress: ((offset: number) => void) | undefined): Upload => {
	const signal = call.options?.signal;
	const timeoutMs = timeoutOf(call);
	const waiting: Waiting[] = [];
	let waitingBytes = 0;
	let failure: Error | undefined;
	let isEnded = false;
	let isCommitted = false;
	let hear = Promise.withResolvers<void>();
	let onFailure: ((error: Error) => void) | undefined;
	let watchdog: NodeJS.Timeout | undefined;

	const notify = (): void => {
		hear.resolve();
		hear = Promise.withResolvers();
	};

	const fail = (error: Error): void => {
		if (failure !== undefined) return;
		failure = error;
		clearTimeout(watchdog);
		onFailure?.(error);
		notify();
		wire.cancel();
	};

	const watch = (): void => {
		clearTimeout(watchdog);
		if (timeoutMs === undefined || failure !== undefined || (waiting.length === 0 && !isEnded)) return;
		watchdog = setTimeout(() => fail(timedOut(contextOf(call, method.path))), timeoutMs);
	};

	const until = async (isDone: () => boolean): Promise<void> => {
		while (failure === undefined && !isDone()) await hear.promise;
		if (failure !== undefined) throw failure;
	};

	const take = (bytes: Buffer): void => {
		call.connection.noteAnswer();
		// The daemon says its last answer once more when it ends.
		if (waiting.length === 0 && (isEnded || isCommitted)) return;
		try {
			const answer = WriteContentResponse.decode(bytes);
			const asked = waiting.shift();
			if (asked === undefined) throw new Error('an answer that nothing was asked for');
			if (asked.end !== undefined && answer.offset !== asked.end) throw new Error(`it stands at byte ${answer.offset} after byte ${asked.end} was written`);
			isCommitted ||= answer.action === WriteAction.COMMIT;
			waitingBytes -= asked.bytes;
			asked.resolve?.(answer);
			if (asked.end !== undefined) onProgress?.(answer.offset);
		} catch (error) {
			fail(garbled(contextOf(call, method.path), error));
			return;
		}

		watch();
		notify();
	};

	let isOver = false;
	let isLeft = false;
	const wire = call.connection.bulk().open(method.path, {
		headers: wireHeaders(call),
		onMessage: take,
		onEnd: end => {
			isOver = true;
			clearTimeout(watchdog);
			if (isLeft) return;
			if (end.code === 0 && (isEnded || isCommitted)) return notify();
			if (signal?.aborted) return fail(aborted(signal));
			if (end.code === 0) return fail(new Failure('unavailable', 'containerd ended the upload before it was committed'));
			if (end.origin === 'daemon') call.connection.noteAnswer();
			failureOf(end, contextOf(call, method.path)).then(fail, fail);
		},
	});

	const forget = onGivenUp(call, () => {
		if (signal?.aborted) fail(aborted(signal));
		else wire.cancel();
	});

	const send = (request: Partial<WriteContentRequest>, asked: Waiting, pieces: readonly Uint8Array[] = []): void => {
		const head = WriteContentRequest.encode({...nothing, ...request}).finish();
		waiting.push(asked);
		waitingBytes += asked.bytes;
		wire.send(asked.bytes === 0 ? [head] : [Buffer.from([...head, dataTag, ...varint(asked.bytes)]), ...pieces]);
		if (waiting.length === 1) watch();
	};

	return {
		ask: async request => {
			if (failure !== undefined) throw failure;
			let answer: WriteContentResponse | undefined;
			send(request, {bytes: 0, end: undefined, resolve: got => {
				answer = got;
			}});
			await until(() => answer !== undefined);
			return answer!;
		},
		write: async (offset, pieces) => {
			const bytes = pieces.reduce((sum, piece) => sum + piece.byteLength, 0);
			await until(() => waitingBytes === 0 || waitingBytes + bytes <= windowBytes);
			send({action: WriteAction.WRITE, offset}, {bytes, end: offset + bytes}, pieces);
		},
		end: async () => {
			isEnded = true;
			wire.end();
			watch();
			await until(() => isOver);
		},
		unlessFailed: async promise =>
			new Promise((resolve, reject) => {
				if (failure !== undefined) {
					promise.catch(() => {});
					return reject(failure);
				}

				onFailure = reject;
				promise.then(resolve, reject);
			}),
		leave: () => {
			isLeft = true;
			forget();
			clearTimeout(watchdog);
			onFailure = undefined;
			wire.cancel();
		},
	};
};

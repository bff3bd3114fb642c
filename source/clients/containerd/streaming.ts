import {randomBytes} from 'node:crypto';
import type {TypedBytes} from '../../model/container.ts';
import {StreamInit, StreamingService} from '../../protocol/generated/streaming.ts';
import {type Any, Any as AnyMessage} from '../../protocol/generated/well-known.ts';
import {toAny} from './any.ts';
import {type Call, contextOf, onGivenUp, timeoutOf, wireHeaders} from './call.ts';
import {aborted, failureOf, garbled, timedOut} from './translate.ts';

/** One of containerd's numbered side channels: another call names it, and then both speak over it. */
export type SideStream = {
	readonly id: string;
	send(message: TypedBytes): void;
	/** When the daemon has closed it or it was cut; never rejects. */
	readonly ended: Promise<void>;
	close(): void;
};

const method = StreamingService.stream;

/**
Open one and wait until the daemon knows it. From then on `onMessage` gets what it says. It lives until `close`: a stream that fails
later says so by ending, and what it is for fails by itself.
*/
export const openSideStream = async (call: Call, purpose: string, onMessage: (message: Any) => void): Promise<SideStream> => {
	const id = `${purpose}-${process.pid}-${randomBytes(8).toString('hex')}`;
	const signal = call.options?.signal;
	if (signal?.aborted) throw aborted(signal);
	const context = contextOf(call, method.path);
	const known = Promise.withResolvers<void>();
	const ended = Promise.withResolvers<void>();
	let isKnown = false;

	const wire = call.connection.bulk().open(method.path, {
		headers: wireHeaders(call),
		onMessage: bytes => {
			call.connection.noteAnswer();
			try {
				// The first message says nothing but that the stream is known.
				if (isKnown) onMessage(AnyMessage.decode(bytes));
				isKnown = true;
				known.resolve();
			} catch (error) {
				known.reject(garbled(context, error));
				wire.cancel();
			}
		},
		onEnd: end => {
			ended.resolve();
			if (isKnown) return;
			if (signal?.aborted) known.reject(aborted(signal));
			else failureOf(end, contextOf(call, method.path)).then(known.reject, known.reject);
		},
	});
	const forget = onGivenUp(call, wire.cancel);
	const timeoutMs = timeoutOf(call);
	const timer = timeoutMs === undefined ? undefined : setTimeout(() => {
		known.reject(timedOut(context));
		wire.cancel();
	}, timeoutMs);

	const send = (message: TypedBytes): void => wire.send([AnyMessage.encode(toAny(message)).finish()]);
	send({typeUrl: 'containerd.services.streaming.v1.StreamInit', value: StreamInit.encode({id}).finish()});
	try {
		await known.promise;
	} catch (error) {
		forget();
		throw error;
	} finally {
		clearTimeout(timer);
	}

	return {
		id,
		send,
		ended: ended.promise,
		close: () => {
			forget();
			wire.cancel();
		},
	};
};

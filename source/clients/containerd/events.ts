import {randomUUID} from 'node:crypto';
import {setTimeout} from 'node:timers/promises';
import {Failure, isFailure} from '../../errors.ts';
import {EventsService} from '../../protocol/generated/events.ts';
import {type Caller, contextOf, decodeAnswer, serverStream, unary} from './call.ts';
import {toEvent} from './event.ts';
import type {Containerd} from './types.ts';

type Dependencies = {
	readonly caller: Caller;
	/** Asks whether the daemon still lives: a hung one keeps its socket open and looks just like a quiet one. */
	readonly beat: (signal: AbortSignal) => Promise<unknown>;
	/** How often a quiet subscription does so. */
	readonly heartbeatMs: number;
};

/**
containerd sends nothing when it has subscribed us: its response headers come with the first event. Whoever lists before that may
lose what happens in between. So we publish an event that only this subscription waits for; when it comes back we are certain. Its type
is `google.protobuf.Empty`, which `ctr events` and `nerdctl events` can print; it names no container, image or snapshot.
*/
export const createEvents = ({caller, beat, heartbeatMs}: Dependencies): Containerd['events'] =>
	async function* (options = {}) {
		const topic = `/gantry/subscribed/${randomUUID()}`;
		const filters = options.filters === undefined || options.filters.length === 0 ? [] : [...options.filters, `topic==${JSON.stringify(topic)}`];
		const inner = new AbortController();
		const signal = options.signal === undefined ? inner.signal : AbortSignal.any([options.signal, inner.signal]);
		const call = caller(undefined, {signal}, 'none');
		const context = contextOf(call, EventsService.subscribe.path);
		let subscribed = false;
		let broken: unknown;
		const announce = (): void => {
			if (subscribed) return;
			subscribed = true;
			options.onSubscribed?.();
		};

		const giveUp = (error: unknown): void => {
			broken ??= error;
			inner.abort();
		};

		const publish = {topic, event: {typeUrl: 'google.protobuf.Empty', value: new Uint8Array(0)}};
		// Again and again, because one may overtake the subscription inside the daemon. A round trip beforehand makes that rare.
		const mark = async (): Promise<void> => {
			await beat(signal);
			for (let pauseMs = 20; !subscribed; pauseMs = Math.min(pauseMs * 2, 1000)) {
				await unary(caller('gantry', {signal}), EventsService.publish, publish);
				await setTimeout(pauseMs, undefined, {signal});
			}
		};

		const timer = setInterval(() => {
			beat(signal).catch(giveUp);
		}, heartbeatMs);
		const envelopes = serverStream(call, EventsService.subscribe, {filters});
		try {
			const first = envelopes.next();
			// Who may not publish may still listen: the refusal came over the same connection, after the subscription was sent.
			mark().catch((error: unknown) => (isFailure(error, 'denied') || isFailure(error, 'unsupported') ? announce() : giveUp(error)));
			for (let result = await first; result.done !== true; result = await envelopes.next()) {
				timer.refresh();
				const envelope = decodeAnswer(EventsService.subscribe.responseDeserialize, result.value, context);
				if (envelope.topic === topic) announce();
				else yield toEvent(envelope);
			}

			throw new Failure('unavailable', `containerd at ${context.path} ended the event stream`);
		} catch (error) {
			throw options.signal?.aborted ? error : (broken ?? error);
		} finally {
			clearInterval(timer);
			inner.abort();
			await envelopes.return();
		}
	};

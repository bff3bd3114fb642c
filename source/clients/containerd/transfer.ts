import {setTimeout} from 'node:timers/promises';
import {Failure} from '../../errors.ts';
import type {TypedBytes} from '../../model/container.ts';
import {TransferService} from '../../protocol/generated/transfer.ts';
import {AuthRequest} from '../../protocol/generated/transfer-types.ts';
import type {Any} from '../../protocol/generated/well-known.ts';
import {toAny} from './any.ts';
import {type Caller, unary} from './call.ts';
import {openSideStream, type SideStream} from './streaming.ts';
import {accountAny, registryAny, storeAny, toProgress} from './transfer-wire.ts';
import type {CallOptions, Transfer, TransferOptions, TransferRegistry} from './types.ts';

/** The last words about progress travel on another stream than the answer, so they may come a little later. */
const lastWordsMs = 1000;

/**
1.7 reads neither `host_dir` nor `default_scheme`: it goes to https://, trusts what the machine trusts, and leaves out without a word what
it was told. As it answers like any other, only its version tells.
*/
const refuseWhatIsIgnored = async (version: () => Promise<{readonly version: string}>, {hostDir, plainHttp, headers}: TransferRegistry): Promise<void> => {
	if (hostDir === undefined && plainHttp !== true && headers === undefined) return;
	const {version: text} = await version();
	if (/^v?1\./.test(text)) throw new Failure('unsupported', `containerd ${text} pulls and pushes by itself only over https and without hosts.toml`);
};

type Ends = {readonly source: TypedBytes; readonly destination: TypedBytes};

/** Side by side, but none is left under way when the other fails. */
const both = async <A, B>(a: Promise<A> | undefined, b: Promise<B> | undefined): Promise<[A | undefined, B | undefined]> => {
	await Promise.allSettled([a, b]);
	return Promise.all([a, b]);
};

/** What a transfer says and asks while it runs; everything of it is closed at its end. */
const withStreams = async (
	caller: Caller,
	namespace: string,
	registry: TransferRegistry,
	options: TransferOptions,
	transfer: (streams: {readonly auth: string; readonly progress: string}, options: CallOptions) => Promise<void>,
): Promise<void> => {
	const {onProgress, onSent: _, signal, ...rest} = options;
	const stop = new AbortController();
	const open: SideStream[] = [];
	let askedInVain: unknown;

	const openStream = async (purpose: string, onMessage: (message: Any, stream: SideStream | undefined) => void): Promise<SideStream> => {
		let stream: SideStream | undefined;
		// Of the options only what names the call: its timeout is for the whole transfer, this is one answer.
		const call = caller(namespace, {...(rest.lease === undefined ? {} : {lease: rest.lease}), ...(signal === undefined ? {} : {signal})});
		stream = await openSideStream(call, purpose, message => onMessage(message, stream));
		open.push(stream);
		return stream;
	};

	const answer = async ({value}: Any, stream: SideStream | undefined): Promise<void> => {
		try {
			const {host, reference, wwwauthenticate} = AuthRequest.decode(value);
			stream?.send(accountAny(await registry.credentials?.({host, reference, challenges: wwwauthenticate})));
		} catch (error) {
			// The daemon would wait for an answer for ever; and going on without an account would hide what failed.
			askedInVain = error;
			stop.abort();
		}
	};

	try {
		const [auth, progress] = await both(
			registry.credentials === undefined ? undefined : openStream('auth', (message, stream) => void answer(message, stream)),
			onProgress === undefined
				? undefined
				: openStream('progress', message => {
						const told = toProgress(message);
						if (told !== undefined) onProgress(told);
					}),
		);
		const all = signal === undefined ? stop.signal : AbortSignal.any([signal, stop.signal]);
		await transfer({auth: auth?.id ?? '', progress: progress?.id ?? ''}, {...rest, signal: all});
		if (progress !== undefined) {
			const waited = new AbortController();
			await Promise.race([progress.ended, setTimeout(lastWordsMs, undefined, {signal: waited.signal})]);
			waited.abort();
		}
	} catch (error) {
		throw askedInVain !== undefined && signal?.aborted !== true ? askedInVain : error;
	} finally {
		for (const stream of open) stream.close();
	}
};

/** The daemon moves images itself, since 1.7; their bytes do not pass through us. */
export const createTransfer = (caller: Caller, version: () => Promise<{readonly version: string}>): Transfer => {
	const run = async (namespace: string, registry: TransferRegistry, options: TransferOptions, endsOf: (authStream: string) => Ends): Promise<void> => {
		const allowed = refuseWhatIsIgnored(version, registry);
		// Waited for below, where the streams are closed when it refuses.
		allowed.catch(() => undefined);
		await withStreams(caller, namespace, registry, options, async ({auth, progress}, callOptions) => {
			await allowed;
			const {source, destination} = endsOf(auth);
			const request = {source: toAny(source), destination: toAny(destination), options: {progressStream: progress}};
			const moved = unary(caller(namespace, callOptions, 'none'), TransferService.transfer, request);
			options.onSent?.();
			await moved;
		});
	};

	return {
		async pull(namespace, reference, {registry = {}, ...store}, options = {}) {
			await run(namespace, registry, options, auth => ({source: registryAny(reference, registry, auth), destination: storeAny(store.name ?? reference, store)}));
		},

		async push(namespace, reference, {registry = {}, ...store}, options = {}) {
			await run(namespace, registry, options, auth => ({source: storeAny(store.name ?? reference, store), destination: registryAny(reference, registry, auth)}));
		},
	};
};

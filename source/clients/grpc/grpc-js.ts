import {Client, connectivityState, credentials, logVerbosity, Metadata, setLogVerbosity, type StatusObject} from '@grpc/grpc-js';
import {commonChannelOptions} from './channel-options.ts';
import {cancelled, type WireEnd} from './status.ts';
import type {Wire, WireCallOptions} from './types.ts';

/**
No HTTP/2 keepalive: grpc-go drops clients that ping more often than every five minutes, so a hung daemon is noticed by the
deadlines of calls instead.
*/
const channelOptions = {...commonChannelOptions, 'grpc.default_authority': 'localhost', 'grpc.max_receive_message_length': -1};

/** Bytes go through gRPC unread: whoever asked decodes them, and tells a wrong answer from a failed call by its place, not by its text. */
const identity = (bytes: Buffer): Buffer => bytes;

const metadataOf = (headers: WireCallOptions['headers'] = {}): Metadata => {
	const metadata = new Metadata();
	for (const [name, values] of Object.entries(headers)) for (const value of [values].flat()) metadata.add(name, value);
	return metadata;
};

/** What a daemon answered carries its headers; what grpc-js makes up when a connection fails carries none. */
const endOf = ({code, details, metadata}: StatusObject): WireEnd => ({code, details, origin: metadata.get('content-type').length > 0 ? 'daemon' : 'wire'});

/** gRPC by grpc-js, to `unix:PATH` or what else it can name. */
export const openGrpcJs = (target: string): Wire => {
	// It would write its worries to stderr, across the screen; all of them reach us as failed calls as well.
	setLogVerbosity(logVerbosity.NONE);
	const create = (): Client => new Client(target, credentials.createInsecure(), channelOptions);
	let current = create();
	const stateOf = (): connectivityState => current.getChannel().getConnectivityState(false);

	return {
		open: (method, {headers, onMessage, onEnd}) => {
			// A failed channel answers every call with its last error until the back-off ends. Whoever calls now wants to know now,
			// and has a back-off of his own; a unix socket costs nothing to try.
			if (stateOf() === connectivityState.TRANSIENT_FAILURE) {
				current.close();
				current = create();
			}

			const call = current.makeBidiStreamRequest(method, identity, identity, metadataOf(headers), {});
			let end: WireEnd | undefined;
			let isRead = false;
			let isOver = false;
			// Messages that came before the status are still to be read.
			const settle = (): void => {
				if (isOver || end === undefined || !isRead) return;
				isOver = true;
				onEnd(end);
			};

			call.on('data', (bytes: Buffer) => {
				if (!isOver) onMessage(bytes);
			});
			call.on('status', status => {
				end = endOf(status);
				settle();
			});
			call.on('end', () => {
				isRead = true;
				settle();
			});
			// It says what the status says.
			call.on('error', () => undefined);
			return {
				send: pieces => void call.write(pieces.length === 1 ? Buffer.from(pieces[0]!) : Buffer.concat(pieces)),
				end: () => call.end(),
				pause: () => void call.pause(),
				resume: () => void call.resume(),
				cancel: () => {
					if (isOver) return;
					isOver = true;
					call.cancel();
					onEnd(cancelled);
				},
			};
		},
		isOpen: () => stateOf() === connectivityState.READY,
		close: () => current.close(),
	};
};

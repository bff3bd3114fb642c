import {connect} from 'node:net';
import {Client, connectivityState, credentials, logVerbosity, setLogVerbosity} from '@grpc/grpc-js';
import {Failure} from '../../errors.ts';
import {type Http2Grpc, openHttp2} from '../grpc/index.ts';
import {socketPath} from './socket.ts';

/** One channel to one socket, opened again when it failed. */
export type Connection = {
	readonly path: string;
	/** A client whose channel is not waiting out a back-off. */
	client(): Client;
	/** A second way in, by hand, for the calls that move many bytes: grpc-js takes twice the processor time for them. */
	http2(): Http2Grpc;
	/** Whether the daemon has ever answered. */
	answered(): boolean;
	noteAnswer(): void;
	/** How to end the calls that are under way. */
	readonly running: Set<() => void>;
	close(): void;
};

/**
No HTTP/2 keepalive: grpc-go drops clients that ping more often than every five minutes, so a hung daemon is noticed by the
deadlines of calls instead (`events.ts` keeps one going).
*/
const channelOptions = {
	'grpc.default_authority': 'localhost',
	'grpc.max_receive_message_length': -1,
	'grpc.max_send_message_length': -1,
	'grpc.initial_reconnect_backoff_ms': 100,
	'grpc.max_reconnect_backoff_ms': 2000,
	'grpc.use_local_subchannel_pool': 1,
	'grpc.enable_retries': 0,
	'grpc.service_config_disable_resolution': 1,
};

export const openConnection = (address: string): Connection => {
	// grpc-js would write its worries to stderr, across the screen; all of them reach us as failed calls as well.
	setLogVerbosity(logVerbosity.NONE);
	const path = socketPath(address);
	const open = (): Client => new Client(`unix:${path}`, credentials.createInsecure(), channelOptions);
	let current = open();
	let answered = false;
	let isClosed = false;
	const running = new Set<() => void>();
	const http2 = openHttp2(() => connect({path}));
	const refuseWhenClosed = (): void => {
		if (isClosed) throw new Failure('unavailable', `The connection to containerd at ${path} has been closed`);
	};

	return {
		path,
		client: () => {
			refuseWhenClosed();
			// A failed channel answers every call with its last error until the back-off ends. Whoever calls now wants to know now,
			// and has a back-off of his own; a unix socket costs nothing to try.
			if (current.getChannel().getConnectivityState(false) === connectivityState.TRANSIENT_FAILURE) {
				current.close();
				current = open();
			}

			return current;
		},
		http2: () => {
			refuseWhenClosed();
			return http2;
		},
		running,
		answered: () => answered,
		noteAnswer: () => {
			answered = true;
		},
		close: () => {
			isClosed = true;
			for (const cancel of running) cancel();
			current.close();
			http2.close();
		},
	};
};

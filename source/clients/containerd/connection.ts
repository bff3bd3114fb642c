import {Client, connectivityState, credentials, logVerbosity, setLogVerbosity} from '@grpc/grpc-js';
import {socketPath} from './socket.ts';

/** One channel to one socket, opened again when it failed. */
export type Connection = {
	readonly path: string;
	/** A client whose channel is not waiting out a back-off. */
	client(): Client;
	/** Whether the daemon has ever answered. */
	answered(): boolean;
	noteAnswer(): void;
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
	return {
		path,
		client: () => {
			// A failed channel answers every call with its last error until the back-off ends. Whoever calls now wants to know now,
			// and has a back-off of his own; a unix socket costs nothing to try.
			if (current.getChannel().getConnectivityState(false) === connectivityState.TRANSIENT_FAILURE) {
				current.close();
				current = open();
			}

			return current;
		},
		answered: () => answered,
		noteAnswer: () => {
			answered = true;
		},
		close: () => current.close(),
	};
};

import {Client, connectivityState, credentials, logVerbosity, setLogVerbosity} from '@grpc/grpc-js';
import {Failure} from '../../errors.ts';
import {socketPath} from './socket.ts';

/** One channel to one socket, opened again when it failed. */
export type Connection = {
	readonly path: string;
	/** A client whose channel is not waiting out a back-off. */
	client(): Client;
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
	return {
		path,
		client: () => {
			if (isClosed) throw new Failure('unavailable', `The connection to containerd at ${path} has been closed`);
			// A failed channel answers every call with its last error until the back-off ends. Whoever calls now wants to know now,
			// and has a back-off of his own; a unix socket costs nothing to try.
			if (current.getChannel().getConnectivityState(false) === connectivityState.TRANSIENT_FAILURE) {
				current.close();
				current = open();
			}

			return current;
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
		},
	};
};

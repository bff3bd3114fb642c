import {connect} from 'node:net';
import {Failure} from '../../errors.ts';
import {type Http2Grpc, openHttp2} from '../grpc/index.ts';
import {socketPath} from './socket.ts';

/** One channel to one socket, opened again when it failed. */
export type Connection = {
	readonly path: string;
	/** gRPC by hand over HTTP/2: loading grpc-js takes longer than most of what is asked, and it needs twice the processor time for many bytes. */
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
export const openConnection = (address: string): Connection => {
	const path = socketPath(address);
	let answered = false;
	let isClosed = false;
	const running = new Set<() => void>();
	const http2 = openHttp2(() => connect({path}));
	const refuseWhenClosed = (): void => {
		if (isClosed) throw new Failure('unavailable', `The connection to containerd at ${path} has been closed`);
	};

	return {
		path,
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
			http2.close();
		},
	};
};

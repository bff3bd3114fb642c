import {connect} from 'node:net';
import {Failure} from '../../errors.ts';
import {openWire, type Wire} from '../grpc/index.ts';
import {socketPath} from './socket.ts';

/** One way to one socket, opened again when it failed. */
export type Connection = {
	readonly path: string;
	calls(): Wire;
	/** For calls that move many bytes, or stand for long beside others. */
	bulk(): Wire;
	/** Whether the daemon has ever answered. */
	answered(): boolean;
	noteAnswer(): void;
	/** How to end the calls that are under way. */
	readonly running: Set<() => void>;
	close(): void;
};

/** `openCalls` is given the path of a socket. Without it all calls go by hand, over the connection of those that move many bytes. */
export const openConnection = (address: string, openCalls?: (path: string) => Wire): Connection => {
	const path = socketPath(address);
	const bulk = openWire(() => connect({path}));
	const calls = openCalls?.(path) ?? bulk;
	let answered = false;
	let isClosed = false;
	const running = new Set<() => void>();
	const unlessClosed = (wire: Wire): Wire => {
		if (isClosed) throw new Failure('unavailable', `The connection to containerd at ${path} has been closed`);
		return wire;
	};

	return {
		path,
		calls: () => unlessClosed(calls),
		bulk: () => unlessClosed(bulk),
		running,
		answered: () => answered,
		noteAnswer: () => {
			answered = true;
		},
		close: () => {
			isClosed = true;
			for (const cancel of running) cancel();
			calls.close();
			bulk.close();
		},
	};
};

import type {Wire} from '../grpc/index.ts';
import type {Caller} from './call.ts';
import {openConnection} from './connection.ts';
import {createContainers} from './containers.ts';
import {createContent} from './content.ts';
import {createDiff} from './diff.ts';
import {createEvents} from './events.ts';
import {createImages} from './images.ts';
import {createIntrospection} from './introspection.ts';
import {createLeases} from './leases.ts';
import {createNamespaces} from './namespaces.ts';
import {createSnapshots} from './snapshots.ts';
import {createTasks} from './tasks.ts';
import {createTransfer} from './transfer.ts';
import type {Containerd} from './types.ts';

export type ContainerdOptions = {
	/** A path, or `unix://` and a path. */
	readonly address: string;
	readonly defaultTimeoutMs?: number;
	/** Of a socket's path, another way for its calls than by hand: `openGrpcJs`. What moves many bytes goes by hand all the same. */
	readonly openCalls?: (path: string) => Wire;
	/** How often a quiet event stream makes sure that the daemon has not hung. */
	readonly heartbeatMs?: number;
};

/**
A client of the containerd behind one socket. Nothing is connected until the first call, and a daemon that went away is found again by
the next call.
*/
export const createContainerd = ({address, defaultTimeoutMs = 10_000, heartbeatMs = 20_000, openCalls}: ContainerdOptions): Containerd => {
	const connection = openConnection(address, openCalls);
	const caller: Caller = (namespace, options, timeoutMs = defaultTimeoutMs) => ({
		connection,
		...(namespace === undefined ? {} : {namespace}),
		options,
		defaultTimeoutMs: timeoutMs,
	});
	const introspection = createIntrospection(caller);
	return {
		address: connection.path,
		...introspection,
		namespaces: createNamespaces(caller),
		containers: createContainers(caller),
		tasks: createTasks(caller),
		images: createImages(caller),
		content: createContent(caller),
		snapshots: createSnapshots(caller),
		diff: createDiff(caller),
		leases: createLeases(caller),
		transfer: createTransfer(caller, async () => introspection.version()),
		events: createEvents({caller, beat: async signal => introspection.version({signal}), heartbeatMs}),
		close: () => connection.close(),
	};
};

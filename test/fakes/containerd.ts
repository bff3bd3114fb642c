import {rmSync} from 'node:fs';
import {mkdtemp, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {Server, ServerCredentials, status} from '@grpc/grpc-js';
import {ContainersService} from '../../source/protocol/generated/containers.ts';
import {ContentService} from '../../source/protocol/generated/content.ts';
import {DiffService} from '../../source/protocol/generated/diff.ts';
import {EventsService} from '../../source/protocol/generated/events.ts';
import {HealthService} from '../../source/protocol/generated/health.ts';
import {ImagesService} from '../../source/protocol/generated/images.ts';
import {IntrospectionService} from '../../source/protocol/generated/introspection.ts';
import {LeasesService} from '../../source/protocol/generated/leases.ts';
import {NamespacesService} from '../../source/protocol/generated/namespaces.ts';
import {SnapshotsService} from '../../source/protocol/generated/snapshots.ts';
import {TasksService} from '../../source/protocol/generated/tasks.ts';
import {VersionService} from '../../source/protocol/generated/version.ts';
import {containerHandlers} from './containerd/containers.ts';
import {contentHandlers} from './containerd/content.ts';
import {diffHandlers, eventHandlers, healthHandlers, introspectionHandlers, usualPlugins, versionHandlers} from './containerd/daemon.ts';
import {createFaults, type Fault, type Faults, type MethodPattern} from './containerd/faults.ts';
import {imageHandlers} from './containerd/images.ts';
import {leaseHandlers} from './containerd/leases.ts';
import {namespaceHandlers} from './containerd/namespaces.ts';
import {createSeed, type Seed} from './containerd/seed.ts';
import {refusal, type Running, serve} from './containerd/serve.ts';
import {snapshotHandlers} from './containerd/snapshots.ts';
import {createState, type State} from './containerd/state.ts';
import {taskHandlers} from './containerd/tasks.ts';

export type FakeOptions = {
	/** Made in a folder of its own when left out. */
	readonly socketPath?: string;
	readonly version?: string;
	/** Which cgroup version its metrics speak; 2 when left out. */
	readonly cgroups?: 1 | 2;
};

/**
A containerd in memory behind a real socket: it keeps state, refuses with containerd's codes, and publishes the events that containerd
publishes. The contract suite runs on it and on real daemons alike, which keeps it honest.
*/
export type FakeContainerd = Seed & {
	readonly address: string;
	/** Make a method misbehave until told otherwise: `fail('Tasks.Kill', {kind: 'hang'})`. Patterns: `Tasks.Kill`, `Tasks.*`, `*`. */
	fail(pattern: MethodPattern, fault: Fault): void;
	/** Make everything (or one pattern) behave again. */
	heal(pattern?: MethodPattern): void;
	/** Every call that has arrived, in order. */
	readonly calls: Faults['calls'];
	/** End the streams that are open now with UNAVAILABLE; new ones work. */
	dropStreams(pattern?: string): void;
	/** As when the daemon is killed: connections break and nobody listens. State stays. */
	goAway(): Promise<void>;
	/** Listen again at the same path, with the state it had. */
	comeBack(): Promise<void>;
	stop(): Promise<void>;
};

const startServer = async (state: State, socketPath: string, faults: Faults, running: Running, {version = '2.1.9+fake', cgroups = 2}: FakeOptions): Promise<Server> => {
	const server = new Server({'grpc.max_receive_message_length': -1, 'grpc.max_send_message_length': -1});
	const how = {faults, running};
	serve(server, VersionService, versionHandlers(version), how);
	serve(server, HealthService, healthHandlers(), how);
	serve(server, IntrospectionService, introspectionHandlers(state), how);
	serve(server, NamespacesService, namespaceHandlers(state), how);
	serve(server, ContainersService, containerHandlers(state), how);
	serve(server, TasksService, taskHandlers(state, cgroups), how);
	serve(server, ImagesService, imageHandlers(state), how);
	serve(server, ContentService, contentHandlers(state), how);
	serve(server, SnapshotsService, snapshotHandlers(state), how);
	serve(server, DiffService, diffHandlers(), how);
	serve(server, LeasesService, leaseHandlers(state), how);
	serve(server, EventsService, eventHandlers(state), how);
	await new Promise<void>((resolve, reject) => {
		server.bindAsync(`unix:${socketPath}`, ServerCredentials.createInsecure(), error => {
			if (error === null) resolve();
			else reject(error);
		});
	});
	return server;
};

export const startFakeContainerd = async (options: FakeOptions = {}): Promise<FakeContainerd> => {
	const folder = options.socketPath === undefined ? await mkdtemp(join(tmpdir(), 'gantry-fake-')) : undefined;
	const address = options.socketPath ?? join(folder ?? tmpdir(), 'containerd.sock');
	const state = createState();
	state.plugins.push(...usualPlugins());
	const faults = createFaults();
	const running: Running = new Set();
	let server: Server | undefined = await startServer(state, address, faults, running, options);
	const goAway = async (): Promise<void> => {
		server?.forceShutdown();
		server = undefined;
		rmSync(address, {force: true});
	};

	return {
		address,
		...createSeed(state),
		fail: faults.set,
		heal: faults.clear,
		calls: faults.calls,
		dropStreams: pattern => {
			for (const {method, isStream, end} of [...running]) {
				if (isStream && (pattern === undefined || pattern === method)) end(refusal(status.UNAVAILABLE, 'transport is closing'));
			}
		},
		goAway,
		comeBack: async () => {
			server ??= await startServer(state, address, faults, running, options);
		},
		stop: async () => {
			await goAway();
			if (folder !== undefined) await rm(folder, {recursive: true, force: true});
		},
	};
};

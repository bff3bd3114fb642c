import {randomBytes} from 'node:crypto';
import {mkdirSync, writeFileSync} from 'node:fs';
import {dirname, join} from 'node:path';
import {addressHash} from '../../source/clients/host/data-store.ts';
import {logUri} from '../../source/clients/host/install-shim.ts';
import type {Containerd} from '../../source/clients/containerd/types.ts';
import type {ContainerRef, TypedBytes} from '../../source/model/container.ts';
import {labels as names} from '../../source/model/labels.ts';
import type {LabContainerd} from './containerd.ts';
import type {LabImage} from './image.ts';
import {topChainId} from './import.ts';
import {withLease} from './lease.ts';
import {type NerdctlContainer, nerdctlLabels, stateDirOf, writeLifecycle, writeStateDir} from './nerdctl.ts';
import {runcOptions} from './runtime-options.ts';
import {labShim} from './shim.ts';
import {ociSpec} from './spec.ts';

/** Where a task's output goes: nerdctl's format through our log driver, raw bytes into a file, or nowhere. */
export type LogKind = 'json-file' | 'none' | {readonly file: string} | 'null';

export type LabRun = {
	readonly image: LabImage;
	readonly name: string;
	/** 64 hex digits: nerdctl cuts ids at twelve and takes shorter ones badly. */
	readonly id?: string;
	readonly namespace?: string;
	readonly commandLine?: readonly string[];
	readonly environment?: readonly string[];
	readonly labels?: Readonly<Record<string, string>>;
	readonly logs?: LogKind;
	readonly logOptions?: Readonly<Record<string, string>>;
	readonly terminal?: boolean;
	readonly memoryLimitBytes?: number;
	/** False for a container as others make them: no nerdctl labels, no state directory. */
	readonly isNerdctl?: boolean;
	readonly sandboxId?: string;
	readonly networkOf?: number;
	readonly extensions?: Readonly<Record<string, TypedBytes>>;
	readonly snapshotter?: string;
	/** False leaves it created, with no task. */
	readonly isStarted?: boolean;
};

export type LabContainer = ContainerRef & {
	readonly name: string;
	readonly pid: number | undefined;
	/** The file its output is written to, if there is one. */
	readonly logPath: string | undefined;
	readonly stateDir: string;
};

/** The two things every function here works on. */
export type Bench = {readonly lab: LabContainerd; readonly containerd: Containerd};

const json = (value: object): Uint8Array => Buffer.from(JSON.stringify(value));

const streamOf = async (lab: LabContainerd, logs: LogKind, dataStore: string): Promise<string> => {
	if (logs === 'null') return '';
	if (typeof logs === 'object') {
		mkdirSync(dirname(logs.file), {recursive: true});
		writeFileSync(logs.file, '', {flag: 'a'});
		return `file://${logs.file}`;
	}

	return logUri(await labShim(lab), dataStore);
};

const logPathOf = (logs: LogKind, container: NerdctlContainer): string | undefined => {
	if (typeof logs === 'object') return logs.file;
	return logs === 'json-file' ? join(stateDirOf(container), `${container.id}-json.log`) : undefined;
};

/**
Make a container the way nerdctl does and start its task. Its network namespace is its own and has nothing in it: no CNI, so no root
privileges on the machine's network are needed and nothing is left there.
*/
export const runContainer = async ({lab, containerd}: Bench, run: LabRun): Promise<LabContainer> => {
	const id = run.id ?? randomBytes(32).toString('hex');
	const namespace = run.namespace ?? 'default';
	const snapshotter = run.snapshotter ?? 'overlayfs';
	const logs = run.logs ?? 'json-file';
	const isNerdctl = run.isNerdctl ?? true;
	const terminal = run.terminal ?? false;
	const dataStore = join(lab.dataRoot, addressHash(lab.address));
	const stdout = await streamOf(lab, logs, dataStore);
	const hostname = id.slice(0, 12);
	const container: NerdctlContainer = {
		...{namespace, id, name: run.name, hostname, dataStore, address: lab.address, logUri: stdout},
		logDriver: logs === 'json-file' || logs === 'none' ? logs : undefined,
		logOptions: run.logOptions ?? {},
	};
	if (isNerdctl) writeStateDir(container);
	const annotations = isNerdctl ? nerdctlLabels(container) : {};
	const {settings} = run.image;
	const spec = ociSpec({
		commandLine: run.commandLine ?? [...(settings.entrypoint ?? []), ...(settings.command ?? ['/bin/sh'])],
		environment: [
			'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
			`HOSTNAME=${hostname}`,
			...(terminal ? ['TERM=xterm'] : []),
			...(settings.environment ?? []),
			...(run.environment ?? []),
		],
		workingDir: settings.workingDir ?? '/',
		terminal,
		hostname,
		cgroupsPath: `${lab.cgroup}/${namespace}/${id}`,
		annotations,
		...(run.memoryLimitBytes === undefined ? {} : {memoryLimitBytes: run.memoryLimitBytes}),
		binds: isNerdctl
			? ['hostname', 'resolv.conf'].map(file => ({source: join(stateDirOf(container), file), destination: `/etc/${file}`}))
			: [],
		...(run.networkOf === undefined ? {} : {networkOf: run.networkOf}),
	});
	const options = runcOptions(lab.runcRoot);
	const rootfs = await withLease(containerd, namespace, async lease => {
		const mounts = await containerd.snapshots.prepare(namespace, snapshotter, {key: id, parent: topChainId(run.image)}, {lease});
		const now = Date.now();
		await containerd.containers.create({
			...{namespace, id, image: run.image.name, runtime: 'io.containerd.runc.v2', snapshotter, snapshotKey: id},
			labels: {
				...settings.labels,
				...run.labels,
				...annotations,
				[names.stopSignal]: settings.stopSignal ?? 'SIGTERM',
			},
			sandboxId: run.sandboxId ?? '',
			createdAt: now,
			updatedAt: now,
			task: undefined,
			spec: {typeUrl: 'types.containerd.io/opencontainers/runtime-spec/1/Spec', value: json(spec)},
			runtimeOptions: options,
			extensions: run.extensions ?? {},
		});
		return mounts;
	});
	const made = {namespace, id, name: run.name, logPath: logPathOf(logs, container), stateDir: stateDirOf(container)};
	if (run.isStarted === false) return {...made, pid: undefined};
	const ref = {namespace, id};
	const {pid} = await containerd.tasks.create(ref, {stdin: '', stdout, stderr: terminal ? '' : stdout, terminal, rootfs, options});
	await containerd.tasks.start(ref);
	if (isNerdctl) writeLifecycle(container);
	return {...made, pid};
};

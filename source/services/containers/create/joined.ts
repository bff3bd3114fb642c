import {Failure, failing} from '../../../errors.ts';
import type {ContainerRecord} from '../../../model/container.ts';
import type {IpcLabel} from '../../../model/container-labels.ts';
import type {CreateRequest} from '../../../model/create-request.ts';
import {labels} from '../../../model/labels.ts';
import {type NetworkMode, networkMode} from '../../../model/network-mode.ts';
import type {NamespacePlan, NamespaceUse} from '../../../model/oci/index.ts';
import type {Uses} from '../dependencies.ts';
import {find} from '../find.ts';
import {nameOf} from '../name.ts';

/** The namespaces of a new container, and what its labels say of those that are another's. */
export type Joined = {
	readonly mode: NetworkMode;
	readonly namespaces: NamespacePlan;
	readonly pidContainer: string | undefined;
	readonly ipc: IpcLabel;
	/** The container whose network it shares: its files are shared too. */
	readonly networkOf: ContainerRecord | undefined;
	/** The memory of the container whose IPC namespace it shares. */
	readonly sharedShm: string | undefined;
};

type Dependencies = Uses<{containers: 'list' | 'get'; tasks: 'find'}>;

type Victim = {readonly record: ContainerRecord; readonly pid: number};

const containerTarget = (word: string): string | undefined => /^container:(.+)$/.exec(word)?.[1];

/** A container that runs: only then has it namespaces. */
const running = async (dependencies: Dependencies, namespace: string, name: string, kind: string, options: {readonly signal?: AbortSignal}): Promise<Victim> => {
	try {
		const record = await find(dependencies, namespace, name, options);
		const task = await dependencies.containerd.tasks.find(record, options);
		if (task?.status !== 'running' && task?.status !== 'paused') throw new Failure('conflict', `${nameOf(record)} is not running`, {hint: `start ${nameOf(record)} first`});
		return {record, pid: task.pid};
	} catch (error) {
		throw failing(`share the ${kind} namespace of ${name}`, error);
	}
};

const pathOf = ({pid}: Victim, file: string): NamespaceUse => ({path: `/proc/${pid}/ns/${file}`});

const ipcOf = ({record}: Victim): Partial<IpcLabel> => {
	try {
		return JSON.parse(record.labels[labels.ipc] ?? '{}') as Partial<IpcLabel>;
	} catch {
		return {};
	}
};

const size = ({process}: CreateRequest): {readonly shmSize?: string} => (process.shmBytes === undefined ? {} : {shmSize: String(process.shmBytes)});

type Ipc = Pick<Joined, 'ipc' | 'sharedShm'> & {readonly use: NamespaceUse};

/** Without a `container:` it is its own or the machine's; else that of one which has said that it shares. */
const ipcNamespace = (request: CreateRequest, victim: Victim | undefined, stateDir: string): Ipc => {
	const {ipc = 'private'} = request.process;
	if (victim !== undefined) {
		const {mode, hostShmPath} = ipcOf(victim);
		const label: IpcLabel = {mode: 'container', victimContainerId: victim.record.id};
		if (mode === 'host') return {use: 'host', sharedShm: undefined, ipc: label};
		if (mode !== 'shareable' || hostShmPath === undefined)
			throw new Failure('conflict', `The IPC namespace of ${nameOf(victim.record)} is not shareable`, {hint: 'create that container with --ipc=shareable'});
		return {use: pathOf(victim, 'ipc'), sharedShm: hostShmPath, ipc: label};
	}
	if (ipc === 'private') return {use: 'new', sharedShm: undefined, ipc: {mode: ipc, ...size(request)}};
	if (ipc === 'host') return {use: 'host', sharedShm: undefined, ipc: {mode: ipc, ...size(request)}};
	if (ipc === 'shareable') return {use: 'new', sharedShm: `${stateDir}/shm`, ipc: {mode: ipc, hostShmPath: `${stateDir}/shm`, ...size(request)}};
	throw new Failure('invalid', `${JSON.stringify(ipc)} is no IPC mode`, {hint: 'use host, private, shareable or container:NAME'});
};

const networkUse = (mode: NetworkMode, victim: Victim | undefined): NamespaceUse => {
	if (mode.kind === 'host') return 'host';
	if (mode.kind === 'namespace') return {path: mode.path};
	return victim === undefined ? 'new' : pathOf(victim, 'net');
};

const pidUse = (pid: string | undefined, victim: Victim | undefined): NamespaceUse => {
	if (victim !== undefined) return pathOf(victim, 'pid');
	if (pid === undefined || pid === '') return 'new';
	if (pid === 'host') return 'host';
	throw new Failure('invalid', `${JSON.stringify(pid)} is no PID mode`, {hint: 'use host or container:NAME'});
};

/** What a container that lives in another's network can't have of its own. */
const refuseOwn = ({network, process}: CreateRequest): void => {
	const own = [
		...(process.hostname === undefined ? [] : ['--hostname']),
		...(process.domainname === undefined ? [] : ['--domainname']),
		...(network.ports.length === 0 ? [] : ['-p/--publish']),
		...(network.dns.length === 0 ? [] : ['--dns']),
		...(network.extraHosts.length === 0 ? [] : ['--add-host']),
	];
	if (own.length > 0)
		throw new Failure('invalid', `conflicting options: ${own.join(', ')} can't be used with --network=container:…`, {hint: 'give them to the container whose network it is'});
};

/** Who shares what with whom. Nothing is made by it. */
export const joinNamespaces = async (dependencies: Dependencies, request: CreateRequest, stateDir: string, options: {readonly signal?: AbortSignal}): Promise<Joined> => {
	const {namespace, process} = request;
	const mode = networkMode(request.network.networks);
	if (mode.kind === 'container') refuseOwn(request);
	if (process.uts === 'host' && (process.hostname !== undefined || process.domainname !== undefined))
		throw new Failure('invalid', "conflicting options: --hostname and --domainname can't be set with --uts=host");
	const look = async (target: string | undefined, kind: string): Promise<Victim | undefined> =>
		target === undefined ? undefined : running(dependencies, namespace, target, kind, options);
	const [network, pid, ipc] = await Promise.all([
		look(mode.kind === 'container' ? mode.target : undefined, 'network'),
		look(containerTarget(process.pid ?? ''), 'PID'),
		look(containerTarget(process.ipc ?? ''), 'IPC'),
	]);
	const shared = ipcNamespace(request, ipc, stateDir);
	return {
		mode: network === undefined ? mode : {kind: 'container', target: network.record.id},
		namespaces: {network: networkUse(mode, network), pid: pidUse(process.pid, pid), ipc: shared.use, uts: process.uts === 'host' ? 'host' : 'new'},
		pidContainer: pid?.record.id,
		ipc: shared.ipc,
		networkOf: network?.record,
		sharedShm: shared.sharedShm,
	};
};

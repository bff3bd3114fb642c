import {rm, writeFile} from 'node:fs/promises';
import {resolve} from 'node:path';
import {randomHex} from '../../../clients/host/random.ts';
import type {Host} from '../../../clients/host/types.ts';
import {defaultProfileName} from '../../../model/apparmor-profile.ts';
import {Failure} from '../../../errors.ts';
import type {ContainerRecord, ContainerRef} from '../../../model/container.ts';
import {annotationsOf, containerLabels} from '../../../model/container-labels.ts';
import type {CreateRequest} from '../../../model/create-request.ts';
import {composeSpec, encodeSpec, type HostFacts, type ImageConfig, imageConfigOf, type OciMount, specTypeUrl} from '../../../model/oci/index.ts';
import {formatPlatform, machinePlatform} from '../../../model/platform.ts';
import type {Mount} from '../../../model/snapshot.ts';
import type {ResolvedMounts} from '../../volumes/types.ts';
import type {Uses} from '../dependencies.ts';
import {orGone} from '../end-task.ts';
import {findUser} from '../find-user.ts';
import {removeIfForgotten, type RemoveForgottenDependencies} from '../remove-forgotten.ts';
import {withDefaults} from './defaults.ts';
import {hostnameOf, type OwnFiles, resolveExtraHosts, sharedFiles, writeOwnFiles} from './files.ts';
import {type Joined, joinNamespaces} from './joined.ts';
import {type LogPlan, planLog, writeLogFiles} from './log.ts';
import {machineParts} from './machine-parts.ts';
import {checkName, refuseTaken, suggestName} from './names.ts';
import {planNetwork} from './network.ts';
import {checkRestartPolicy} from './restart-policy.ts';
import {type Roll, together, togetherBefore} from './roll.ts';
import type {CreateCall, Making} from './types.ts';

export type MakeDependencies = Uses<{
	containers: 'list' | 'get' | 'create' | 'remove';
	tasks: 'find';
	snapshots: 'prepare' | 'remove';
}> &
	RemoveForgottenDependencies & {readonly host: Pick<Host, 'dataStore' | 'stateDir' | 'releaseName' | 'removeHosts' | 'removeStateDir'>; readonly making: Making};

export type Made = {
	readonly record: ContainerRecord;
	/** What its first task is mounted on. */
	readonly rootfs: readonly Mount[];
	readonly log: LogPlan;
	readonly shimPath: string;
	/** The lease is given back. Nothing but the end of the making waits for it. */
	readonly settled: Promise<void>;
};

type Besides = {
	/** As soon as the log driver has its settings. */
	readonly watch?: (ref: ContainerRef, shimPath: string) => Promise<void>;
	/** When all is known of the container, while the daemon is told. */
	readonly announce?: (record: ContainerRecord) => void;
};

/** Long enough for the slowest image to be unpacked; it only matters when we die without a word. */
const leaseMs = 3_600_000;

type Image = {readonly name: string; readonly config: ImageConfig | undefined; readonly platform: string; readonly chainId: string; readonly layers: Parameters<Making['layers']['readFiles']>[1]};

const withoutImage: Image = {name: '', config: undefined, platform: formatPlatform(machinePlatform(process.arch)), chainId: '', layers: []};

const ensureImage = async ({images}: Making, request: CreateRequest, call: CreateCall): Promise<Image> => {
	if (request.rootfs !== undefined) return withoutImage;
	const {namespace, snapshotter, image: reference, pull, platform} = request;
	const found = await images.ensure({namespace, snapshotter, reference, pull, ...(platform === undefined ? {} : {platform})}, call);
	return {name: found.image.name, config: imageConfigOf(found.configJson), platform: formatPlatform(found.platform), chainId: found.chainId, layers: found.layers};
};

const writeNewFile = async (path: string, text: string): Promise<void> => {
	try {
		await writeFile(path, text, {flag: 'wx'});
	} catch (error) {
		const {code} = error as NodeJS.ErrnoException;
		if (code === 'ENOSPC' || code === 'EDQUOT') throw new Failure('exhausted', `no space is left on the disk for the container ID file ${path}`, {cause: error});
		if (code !== 'EEXIST') throw error;
		throw new Failure('already-exists', `container ID file found, make sure the other container isn't running or delete ${path}`);
	}
};

/** As nerdctl has it: a runtime of containerd's by its name, else a program as runc is one, which is looked for here; what is neither is containerd's to refuse. */
const runtimeOf = async ({findProgram}: Making, {runtime}: CreateRequest): Promise<{readonly name: string; readonly binary?: string}> => {
	if (runtime === undefined || runtime === '') return {name: 'io.containerd.runc.v2'};
	if (runtime.startsWith('io.containerd.') || runtime === 'wtf.sbk.runj.v1') return {name: runtime};
	const binary = await findProgram(runtime);
	return binary === undefined ? {name: runtime} : {name: 'io.containerd.runc.v2', binary};
};

/** Others than runc's have options of their own, which we do not know. */
const hasRuncOptions = (runtime: string): boolean => runtime.startsWith('io.containerd.runc.') || !runtime.startsWith('io.containerd.');

/** One that was there before is not ours to take away. */
const writeCidFile = async (roll: Roll, path: string, id: string): Promise<void> => {
	let isOurs = false;
	await roll.step(
		'container id file',
		async () => {
			await writeNewFile(path, id);
			isOurs = true;
		},
		async () => (isOurs ? rm(path, {force: true}) : undefined),
	);
};

const prepare = async ({containerd}: MakeDependencies, roll: Roll, ref: ContainerRef, {namespace, snapshotter}: CreateRequest, image: Image, lease: string): Promise<readonly Mount[]> => {
	if (image.name === '') return [];
	return roll.step(
		'snapshot',
		() => containerd.snapshots.prepare(namespace, snapshotter, {key: ref.id, parent: image.chainId}, {lease}),
		() => orGone(containerd.snapshots.remove(namespace, snapshotter, ref.id), undefined),
	);
};

type Shim = Awaited<ReturnType<Making['shim']>>;

/** Where everything that is written of it goes, and who writes its log. */
const makePlace = async ({host, making}: MakeDependencies, roll: Roll, ref: ContainerRef): Promise<Shim> => {
	const [shim] = await together(
		making.shim(),
		roll.step('state directory', () => making.files.makeStateDir(ref), () => host.removeStateDir(ref)),
	);
	return shim;
};

/** What the log driver reads; the driver itself may start now, since nothing else takes as long. */
const startLog = async ({making}: MakeDependencies, ref: ContainerRef, request: CreateRequest, place: Promise<Shim>, {watch}: Besides): Promise<LogPlan> => {
	const shim = await place;
	const log = planLog(request.log, shim.logUri, making.address);
	await writeLogFiles(making, ref, log, request.autoRemove);
	await watch?.(ref, shim.path);
	return log;
};

const writeFiles = async ({host, making}: MakeDependencies, roll: Roll, own: OwnFiles): Promise<readonly OciMount[]> =>
	roll.step(
		'files',
		async () => (own.joined.networkOf === undefined ? writeOwnFiles(making, own) : sharedFiles(host.dataStore(), own.joined.networkOf)),
		() => host.removeHosts(own.ref),
	);

/** While they are open nobody else changes volumes: only asked for when there are any. */
const resolveVolumes = async ({volumes, images}: Making, roll: Roll, ref: ContainerRef, request: CreateRequest, image: Image, lease: string, call: CreateCall): Promise<ResolvedMounts | undefined> => {
	const {namespace, snapshotter, mounts: requests, volumesFrom} = request;
	const imageVolumes = image.config?.Volumes ?? [];
	if (requests.length + volumesFrom.length + imageVolumes.length === 0) return undefined;
	let resolved: ResolvedMounts | undefined;
	return roll.step(
		'volumes',
		async () => {
			resolved = await volumes.resolveMounts(
				{
					...{namespace, requests, volumesFrom, imageVolumes, lease},
					...(image.name === '' ? {} : {snapshot: {snapshotter, key: ref.id}}),
					imageChain: async reference => {
						const {chainId} = await images.ensure({namespace, snapshotter, reference, pull: request.pull === 'never' ? 'never' : 'missing'}, call);
						return {snapshotter, chainId};
					},
				},
				call.signal === undefined ? {} : {signal: call.signal},
			);
			return resolved;
		},
		async () => resolved?.undo(),
	);
};

/**
A container with everything that belongs to it, but no task. Each thing is made in a step of `roll` with what takes it back: whoever calls rolls
back when something fails, here or later. The order is that of need; what does not need each other is done side by side.
*/
export const make = async (
	dependencies: MakeDependencies,
	roll: Roll,
	asked: CreateRequest,
	call: CreateCall,
	besides: Besides = {},
): Promise<Made> => {
	const {containerd, host, making} = dependencies;
	const request = withDefaults(asked, making.defaults);
	const {namespace, snapshotter} = request;
	const signal = call.signal === undefined ? {} : {signal: call.signal};
	const ref: ContainerRef = {namespace, id: randomHex(32)};
	const stateDir = host.stateDir(ref);
	const lease = `gantry-create-${ref.id.slice(0, 24)}`;
	if (request.name !== undefined) checkName(request.name);

	const place = makePlace(dependencies, roll, ref);
	const logging = startLog(dependencies, ref, request, place, besides);
	const [image, joined, machine, shim, parts] = await togetherBefore(
		logging,
		roll.step('image', () => ensureImage(making, request, call)),
		joinNamespaces(dependencies, request, stateDir, signal),
		making.machine(),
		place,
		machineParts(making.specParts, request),
		roll.step(
			'lease',
			() => making.leases.create(namespace, {id: lease, labels: {'containerd.io/gc.expire': new Date(Date.now() + leaseMs).toISOString()}}),
			() => orGone(making.leases.remove(namespace, lease), undefined),
		),
		checkRestartPolicy(making, request, signal),
		...(request.name === undefined ? [] : [refuseTaken(dependencies, namespace, request.name, signal, holder => removeIfForgotten(dependencies, holder, signal))]),
	);
	const name = request.name ?? suggestName(image.name === '' ? undefined : image.name, ref.id);
	const hostname = hostnameOf(request, ref.id, joined, machine);
	const extraHosts = resolveExtraHosts(request, machine);
	const own: OwnFiles = {ref, request, joined, machine, name, hostname, extraHosts};

	const [rootfs, network, files, log] = await together(
		prepare(dependencies, roll, ref, request, image, lease),
		planNetwork(making, roll, ref, request, joined, image.config, call),
		writeFiles(dependencies, roll, own),
		logging,
		roll.step('name', () => making.files.acquireName(ref, name, signal), () => host.releaseName(ref, name)),
		...(request.cidFile === undefined ? [] : [writeCidFile(roll, request.cidFile, ref.id)]),
	);

	const mounted = await resolveVolumes(making, roll, ref, request, image, lease, call);
	const user = await findUser(
		making,
		{...(request.process.user === undefined ? {} : {user: request.process.user}), imageUser: image.config?.User, groups: request.process.groups},
		{
			namespace,
			mounts: request.rootfs === undefined ? rootfs : [{type: 'bind', source: resolve(request.rootfs), target: '', options: ['rbind']}],
			layers: async () => image.layers,
		},
		signal,
	);
	if (joined.ipc.mode === 'shareable') await roll.step('shared memory', () => making.files.makeSharedMemory(ref, request.process.shmBytes ?? defaultShmBytes));

	const all = containerLabels({
		...{request, image: image.config, name, hostname, stateDir, extraHosts},
		networks: network.names,
		platform: image.platform,
		logUri: log.uri,
		logConfig: log.config,
		mountPoints: mounted?.points ?? [],
		anonymousVolumes: mounted?.anonymousVolumes ?? [],
		imageViews: mounted?.imageViews ?? [],
		pidContainer: joined.pidContainer,
		ipc: joined.ipc,
	});
	const rooted = request.rootfs === undefined ? request : {...request, rootfs: resolve(request.rootfs)};
	const spec = composeSpec({
		...{request: rooted, id: ref.id, image: image.config, hostname, user, files, namespaces: joined.namespaces},
		mounts: mounted?.mounts ?? [],
		...(joined.sharedShm === undefined ? {} : {sharedShm: joined.sharedShm}),
		...parts,
		hooks: !log.isOurs || needsHooks(joined, request, parts.host) ? making.hooks(shim.path, ref) : {},
		annotations: annotationsOf(all),
	});
	const propagated = mounted?.rootfsPropagation === undefined ? spec : {...spec, linux: {...spec.linux, rootfsPropagation: mounted.rootfsPropagation}};
	const runtime = await runtimeOf(making, request);
	const now = Date.now();
	const wanted: ContainerRecord = {
		...ref,
		image: image.name,
		labels: all,
		runtime: runtime.name,
		snapshotter: image.name === '' ? '' : snapshotter,
		snapshotKey: image.name === '' ? '' : ref.id,
		sandboxId: '',
		createdAt: now,
		updatedAt: now,
		task: undefined,
		spec: {typeUrl: specTypeUrl, value: Buffer.from(encodeSpec(propagated))},
		runtimeOptions: hasRuncOptions(runtime.name)
			? making.runtimeOptions({systemdCgroup: request.cgroupManager === 'systemd', ...(runtime.binary === undefined ? {} : {binary: runtime.binary})})
			: undefined,
		extensions: {},
	};
	besides.announce?.(wanted);
	const record = await roll.step(
		'container',
		() => containerd.containers.create(wanted, {lease, ...signal}),
		() => orGone(containerd.containers.remove(ref), undefined),
	);
	await mounted?.keep();
	// From here on the container holds what it needs.
	const settled = orGone(making.leases.remove(namespace, lease), undefined);
	settled.catch(() => undefined);
	return {record, rootfs, log, shimPath: shim.path, settled};
};

const defaultShmBytes = 64 * 1024 * 1024;

/** Without CNI there is nothing to do at a start but to write down when it was, which our log driver does, and a process id, and to give the kernel an AppArmor profile that a boot made it forget. */
const needsHooks = ({mode}: Joined, {pidFile}: CreateRequest, {apparmorProfiles}: HostFacts): boolean =>
	mode.kind === 'networks' || pidFile !== undefined || apparmorProfiles.includes(defaultProfileName);

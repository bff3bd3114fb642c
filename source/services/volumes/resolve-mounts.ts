import {randomBytes} from 'node:crypto';
import {mkdir, rm, stat} from 'node:fs/promises';
import {resolve} from 'node:path';
import {Failure, failing} from '../../errors.ts';
import type {MountPoint} from '../../model/docker-labels.ts';
import {imageVolumeTarget, type OciMount, type PlannedMount, planMounts, pointOf, rootPropagation, sortMounts} from '../../model/mount-plan.ts';
import {type Filling, fillVolumes} from './copy-up.ts';
import {makeUnnamed} from './create.ts';
import {inheritMounts} from './inherit-mounts.ts';
import type {VolumesDependencies} from './dependencies.ts';
import {checkPropagation} from './propagation.ts';
import type {CallSignal, MountsRequest, ResolvedMounts} from './types.ts';

type Made = {readonly mount: OciMount; readonly point: MountPoint};

/** What was made, and how to unmake it, last first. */
type Undo = Array<() => Promise<unknown>>;

type Session = {readonly dependencies: VolumesDependencies; readonly request: MountsRequest; readonly calling: CallSignal; readonly undo: Undo; readonly fillings: Filling[]; readonly anonymous: string[]; readonly views: string[]};

export const resolveMounts = async (dependencies: VolumesDependencies, request: MountsRequest, calling: CallSignal = {}): Promise<ResolvedMounts> => {
	const planned = planMounts(request.requests);
	const inherited = await inheritMounts(dependencies, request.namespace, request.volumesFrom, calling);
	const own = new Set(planned.map(({target}) => target));
	const others = inherited.filter(({mount}) => !own.has(mount.destination));
	const taken = new Set([...own, ...others.map(({mount}) => mount.destination)]);
	const unnamed = [...new Set(request.imageVolumes.map(imageVolumeTarget))].filter(target => !taken.has(target)).sort();
	const undo: Undo = [];
	const session: Session = {dependencies, request, calling, undo, fillings: [], anonymous: [], views: []};
	// Also for volumes of others: until our container is known, a prune would take them.
	const needsVolumes = unnamed.length > 0 || planned.some(plan => plan.request.type === 'volume') || others.some(({point}) => point.Type === 'volume');
	const release = needsVolumes ? await dependencies.host.holdVolumes(request.namespace, calling) : async () => undefined;
	const unmake = async (): Promise<void> => {
		try {
			for (const step of undo.splice(0).reverse()) await step();
		} finally {
			await release();
		}
	};
	try {
		const made: Made[] = [];
		for (const plan of planned) made.push(await makeMount(session, plan));
		for (const plan of planMounts(unnamed.map(imageVolume))) made.push(await makeMount(session, plan));
		if (request.snapshot !== undefined) {
			const {snapshotter, key} = request.snapshot;
			await fillVolumes(dependencies, {namespace: request.namespace, snapshotter, snapshotKey: key}, session.fillings, calling);
		}
		const all = [...made, ...others];
		return {
			mounts: sortMounts(all.map(({mount}) => mount)),
			points: all.map(({point}) => point),
			anonymousVolumes: session.anonymous,
			imageViews: session.views,
			rootfsPropagation: rootPropagation(planned.map(({propagation}) => propagation)),
			keep: release,
			undo: unmake,
		};
	} catch (error) {
		await unmake();
		throw error;
	}
};

const imageVolume = (target: string): MountsRequest['requests'][number] => ({type: 'volume', source: '', target, readOnly: false, makeSource: false, options: []});

const makeMount = async (session: Session, plan: PlannedMount): Promise<Made> => {
	try {
		switch (plan.request.type) {
			case 'tmpfs':
				return {mount: {destination: plan.target, type: 'tmpfs', source: 'tmpfs', options: plan.options}, point: pointOf(plan, 'tmpfs', '')};
			case 'bind':
				return await makeBind(session, plan);
			case 'volume':
				return await makeVolumeMount(session, plan);
			case 'image':
				return await makeImageMount(session, plan);
		}
	} catch (error) {
		throw failing(`mount ${plan.request.source === '' ? 'a volume' : plan.request.source} at ${plan.target}`, error);
	}
};

const bound = (plan: PlannedMount, source: string): OciMount => ({destination: plan.target, type: 'bind', source, options: plan.options});

const makeBind = async ({undo}: Session, plan: PlannedMount): Promise<Made> => {
	const source = resolve(plan.request.source);
	if (!(await exists(source))) {
		if (!plan.request.makeSource) throw new Failure('not-found', `${source} is not there`, {hint: 'make it first; -v makes a directory of it'});
		const first = await mkdir(source, {recursive: true, mode: 0o755});
		if (first !== undefined) undo.push(() => rm(first, {recursive: true, force: true}));
	}
	if (plan.propagation !== '') await checkPropagation(source, plan.propagation);
	return {mount: bound(plan, source), point: pointOf(plan, source, '')};
};

const exists = async (path: string): Promise<boolean> => {
	try {
		await stat(path);
		return true;
	} catch (error) {
		if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
		throw error;
	}
};

const makeVolumeMount = async (session: Session, plan: PlannedMount): Promise<Made> => {
	const {dependencies, request, undo, fillings, anonymous} = session;
	const {host} = dependencies;
	const {source: name} = plan.request;
	const {record, made} = name === '' ? await makeUnnamed(dependencies, request.namespace) : await host.makeVolume(request.namespace, name, {});
	if (made) undo.push(() => host.dropVolume(request.namespace, record.name));
	if (name === '') anonymous.push(record.name);
	fillings.push({volume: record, imagePath: plan.target});
	return {mount: bound(plan, record.path), point: pointOf(plan, record.path, record.name)};
};

/** Kept by its own label, as nerdctl does, until the container that names it is removed. */
const makeImageMount = async ({dependencies, request, calling, undo, views}: Session, plan: PlannedMount): Promise<Made> => {
	const {containerd} = dependencies;
	if (request.imageChain === undefined) throw new Failure('unsupported', 'images can not be mounted here');
	const {snapshotter, chainId} = await request.imageChain(plan.request.source);
	const key = `${randomBytes(32).toString('hex')}-image-mount`;
	const options = {...calling, ...(request.lease === undefined ? {} : {lease: request.lease})};
	const labels = {'containerd.io/gc.root': new Date().toISOString()};
	const mounts = await containerd.snapshots.view(request.namespace, snapshotter, {key, parent: chainId, labels}, options);
	undo.push(() => containerd.snapshots.remove(request.namespace, snapshotter, key));
	const [mount] = mounts;
	if (mount === undefined || mounts.length > 1) throw new Failure('unsupported', `snapshotter ${snapshotter} needs ${mounts.length} mounts for it, and one is possible`);
	views.push(key);
	const readOnly = mount.options.includes('ro') ? mount.options : [...mount.options, 'ro'];
	return {mount: {destination: plan.target, type: mount.type, source: mount.source, options: readOnly}, point: pointOf(plan, plan.request.source, '')};
};

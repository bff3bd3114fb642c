import type {Containerd} from '../../clients/containerd/types.ts';
import {failing, Failure} from '../../errors.ts';
import type {ContainerRecord, ContainerRef, Task} from '../../model/container.ts';
import type {RestartPolicy} from '../../model/create-request.ts';
import {recordOf} from '../../model/docker-spec.ts';
import {labels} from '../../model/labels.ts';
import {type ResourceUpdate, updatedResources} from '../../model/resource-update.ts';
import {checkRestartPolicy} from './create/restart-policy.ts';
import type {Uses} from './dependencies.ts';
import {nameOf} from './name.ts';
import {readSpec} from './spec.ts';
import type {Progress} from './types.ts';

export type UpdateDependencies = Uses<{containers: 'get' | 'update' | 'setLabels'; tasks: 'find' | 'update'}> & {
	/** Who restarts is asked whether it can; a daemon that can't be asked is believed. */
	readonly containerd: Partial<Pick<Containerd, 'plugins'>>;
};

export type ContainerUpdate = {readonly resources?: ResourceUpdate; readonly restart?: RestartPolicy};

const resourcesType = 'types.containerd.io/opencontainers/runtime-spec/1/LinuxResources';

/** The limits of the next start are in the spec, those of now in the task. When the kernel refuses the new ones the spec is as before. */
export const update = async (dependencies: UpdateDependencies, ref: ContainerRef, wanted: ContainerUpdate, options: Progress = {}): Promise<void> => {
	const {containerd} = dependencies;
	let name = ref.id;
	try {
		const [record, task] = await Promise.all([containerd.containers.get(ref, options), containerd.tasks.find(ref, options)]);
		name = nameOf(record);
		if (task?.status === 'pausing') throw new Failure('conflict', 'it is about to be paused', {hint: 'try again in a moment'});
		if (wanted.restart !== undefined && containerd.plugins !== undefined) await checkRestartPolicy({plugins: containerd.plugins}, {restart: wanted.restart}, options);
		if (wanted.resources !== undefined) await updateResources(dependencies, record, task, wanted.resources, options);
		if (wanted.restart !== undefined) await containerd.containers.setLabels(ref, restartLabels(record, task, wanted.restart), options);
	} catch (error) {
		throw failing(`update ${name}`, error);
	}
};

const updateResources = async ({containerd}: UpdateDependencies, record: ContainerRecord, task: Task | undefined, wanted: ResourceUpdate, options: Progress): Promise<void> => {
	const spec = readSpec(record);
	if (spec === undefined || record.spec === undefined) throw new Failure('unsupported', 'it has no spec that limits could be written to');
	const linux = recordOf(spec['linux']);
	const resources = updatedResources(recordOf(linux['resources']), wanted);
	const value = new TextEncoder().encode(JSON.stringify({...spec, linux: {...linux, resources}}));
	await containerd.containers.update({...record, spec: {...record.spec, value}}, ['spec'], options);
	if (task?.status !== 'running' && task?.status !== 'paused') return;
	try {
		await containerd.tasks.update(record, {typeUrl: resourcesType, value: new TextEncoder().encode(JSON.stringify(resources))}, options);
	} catch (error) {
		await containerd.containers.update(record, ['spec']);
		throw error;
	}
};

/** Without a policy the monitor has nothing to act upon. What should be now is said only when nothing said it before: a stopped one is not started by this. */
const restartLabels = (record: ContainerRecord, task: Task | undefined, policy: RestartPolicy): Readonly<Record<string, string | undefined>> => {
	if (policy.kind === 'no') return {[labels.restartPolicy]: undefined, [labels.restartStatus]: undefined, [labels.explicitlyStopped]: undefined};
	const status = task?.status === 'running' || task?.status === 'paused' ? 'running' : task?.status === 'stopped' ? 'stopped' : undefined;
	return {
		[labels.restartPolicy]: policy.kind === 'on-failure' && policy.retries > 0 ? `on-failure:${policy.retries}` : policy.kind,
		...(record.labels[labels.logUri] ? {[labels.restartLogUri]: record.labels[labels.logUri]} : {}),
		...(record.labels[labels.restartStatus] === undefined && status !== undefined ? {[labels.restartStatus]: status} : {}),
	};
};

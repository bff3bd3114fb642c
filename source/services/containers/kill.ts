import {Failure, failing} from '../../errors.ts';
import type {ContainerRef} from '../../model/container.ts';
import {labels} from '../../model/labels.ts';
import {signalName} from '../../model/signal.ts';
import type {Uses} from './dependencies.ts';
import {nameOf} from './name.ts';
import {stopSignalOf} from './stop.ts';
import type {Progress} from './types.ts';

const sigkill = 9;

export type KillDependencies = Uses<{containers: 'get' | 'setLabels'; tasks: 'find' | 'kill'}>;

/**
Send one signal. A signal that means the end (KILL, or the container's own stop signal) also tells the restart policy that the end is wanted;
another one, such as HUP, does not, so that a program that crashes of it comes back.
*/
export const kill = async ({containerd}: KillDependencies, ref: ContainerRef, signal: number, options: Progress = {}): Promise<void> => {
	let name = ref.id;
	try {
		const record = await containerd.containers.get(ref, options);
		name = nameOf(record);
		const task = await containerd.tasks.find(ref, options);
		if (task === undefined || task.status === 'stopped') throw new Failure('conflict', 'it is not running', {hint: 'start it first'});
		const policy = record.labels[labels.restartPolicy];
		if (policy !== undefined && (signal === sigkill || signal === stopSignalOf(record))) {
			const status = signal === sigkill && record.labels[labels.restartStatus] !== undefined ? {[labels.restartStatus]: 'stopped'} : {};
			await containerd.containers.setLabels(ref, {[labels.explicitlyStopped]: 'true', ...status}, options);
		}
		await containerd.tasks.kill(ref, signal, options);
	} catch (error) {
		throw failing(`send ${signalName(signal)} to ${name}`, error);
	}
};

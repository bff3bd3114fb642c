import {randomHex} from '../../clients/host/random.ts';
import type {Host} from '../../clients/host/types.ts';
import {Failure, failing} from '../../errors.ts';
import type {ContainerRef} from '../../model/container.ts';
import type {Uses} from './dependencies.ts';
import {execProcess, resolveUser, shimCapabilities} from './exec-process.ts';
import {nameOf} from './name.ts';
import {readProcess} from './spec.ts';
import type {DetachedExecOptions} from './types.ts';

export type ExecDetachedDependencies = Uses<{containers: 'get'; tasks: 'find' | 'exec' | 'start' | 'deleteProcess'}> & {
	readonly host: Pick<Host, 'withContainerRoot' | 'processes' | 'capabilities'>;
};

/**
Run a further process that nobody listens to: the shim gives it /dev/null, so that it goes on when we are gone. What is left of it in
the shim goes with the task, as with nerdctl's.
*/
export const execDetached = async (
	{containerd, host}: ExecDetachedDependencies,
	ref: ContainerRef,
	options: DetachedExecOptions,
): Promise<{readonly execId: string; readonly pid: number}> => {
	const calling = options.signal === undefined ? {} : {signal: options.signal};
	const execId = `exec-${randomHex(32)}`;
	let name = ref.id;
	let added = false;
	try {
		const [record, task] = await Promise.all([containerd.containers.get(ref, calling), containerd.tasks.find(ref, calling)]);
		name = nameOf(record);
		if (task?.status === 'paused' || task?.status === 'pausing') throw new Failure('conflict', 'it is paused', {hint: 'unpause it first'});
		if (task?.status !== 'running') throw new Failure('conflict', 'it is not running', {hint: 'start it first'});
		const base = readProcess(record);
		if (base === undefined) throw new Failure('unsupported', 'it has no spec to take the process from');
		const process = execProcess(
			base,
			{...options, terminal: false, interactive: false},
			{
				...(options.user === undefined || options.user === '' ? {} : {user: await resolveUser(host, task.pid, options.user)}),
				...(options.privileged === true ? {capabilities: await shimCapabilities(host, task.pid)} : {}),
			},
		);
		await containerd.tasks.exec(ref, {execId, process, stdin: '', stdout: '', stderr: '', terminal: false}, calling);
		added = true;
		const {pid} = await containerd.tasks.start(ref, {...calling, execId});
		return {execId, pid};
	} catch (error) {
		if (added) await containerd.tasks.deleteProcess(ref, execId).catch(() => undefined);
		throw failing(`run ${options.args[0] ?? 'nothing'} in ${name}`, error);
	}
};

import {randomHex} from '../../clients/host/random.ts';
import type {Fifos, Host} from '../../clients/host/types.ts';
import {Failure, failing} from '../../errors.ts';
import type {ContainerRef} from '../../model/container.ts';
import type {Uses} from './dependencies.ts';
import {execProcess, resolveUser, shimCapabilities} from './exec-process.ts';
import {createSession} from './exec-session.ts';
import {nameOf} from './name.ts';
import {readProcess} from './spec.ts';
import type {ExecOptions, ExecSession} from './types.ts';

export type ExecDependencies = Uses<{
	containers: 'get';
	tasks: 'find' | 'exec' | 'start' | 'wait' | 'kill' | 'resizePty' | 'closeStdin' | 'deleteProcess';
}> & {
	readonly host: Pick<Host, 'openFifos' | 'withContainerRoot' | 'processes' | 'capabilities'>;
};

/**
Run a further process in a running container. The FIFOs are open before the daemon hears of it and the exit is waited for before the start,
so nothing it writes and no way it ends can be missed. A failure on the way leaves neither an exec nor a file.
The signal gives up the way there; from then on the session is its owner's, who may want ctrl-c to reach the process first.
*/
export const exec = async (dependencies: ExecDependencies, ref: ContainerRef, options: ExecOptions): Promise<ExecSession> => {
	const {containerd, host} = dependencies;
	const calling = options.signal === undefined ? {} : {signal: options.signal};
	const execId = `exec-${randomHex(32)}`;
	let name = ref.id;
	let fifos: Fifos | undefined;
	let added = false;
	try {
		const [record, task] = await Promise.all([containerd.containers.get(ref, calling), containerd.tasks.find(ref, calling)]);
		name = nameOf(record);
		if (task?.status === 'paused' || task?.status === 'pausing') throw new Failure('conflict', 'it is paused', {hint: 'unpause it first'});
		if (task?.status !== 'running') throw new Failure('conflict', 'it is not running', {hint: 'start it first'});
		const base = readProcess(record);
		if (base === undefined) throw new Failure('unsupported', 'it has no spec to take the process from');
		const process = execProcess(base, options, {
			...(options.user === undefined || options.user === '' ? {} : {user: await resolveUser(host, task.pid, options.user)}),
			...(options.privileged === true ? {capabilities: await shimCapabilities(host, task.pid)} : {}),
		});
		fifos = await host.openFifos({id: execId.slice(0, 17), terminal: options.terminal, interactive: options.interactive});
		await containerd.tasks.exec(ref, {...fifos.stdio, execId, process}, calling);
		added = true;
		const session = createSession(dependencies, ref, execId, fifos);
		await containerd.tasks.start(ref, {...calling, execId});
		// The first size comes with the spec, but only newer shims heed it there.
		if (options.terminal && options.size !== undefined) await session.resize(options.size).catch(() => undefined);
		session.started();
		return session;
	} catch (error) {
		await fifos?.close();
		if (added) await containerd.tasks.deleteProcess(ref, execId).catch(() => undefined);
		throw failing(`run ${options.args[0] ?? 'nothing'} in ${name}`, error);
	}
};

import type {Host} from '../../clients/host/types.ts';
import {Failure, failing} from '../../errors.ts';
import type {ContainerRef} from '../../model/container.ts';
import type {Uses} from './dependencies.ts';
import type {ProcessRow, Progress} from './types.ts';

/** containerd knows which processes, /proc knows what they are. One that ends in between is left out. */
export const processes = async (
	{containerd, host}: Uses<{tasks: 'listPids'}> & {readonly host: Pick<Host, 'processes'>},
	ref: ContainerRef,
	options: Progress = {},
): Promise<readonly ProcessRow[]> => {
	try {
		const pids = await containerd.tasks.listPids(ref, options);
		const execIds = new Map(pids.map(({pid, execId}) => [pid, execId]));
		const found = await host.processes([...execIds.keys()]);
		if (found.length === 0 && pids.length > 0) {
			throw new Failure('unsupported', 'its processes are not in the /proc of this machine', {
				hint: 'run gantry where containerd runs, as root',
			});
		}
		return found.map(process => ({...process, execId: execIds.get(process.pid)}));
	} catch (error) {
		throw failing(`list the processes of ${ref.id}`, error);
	}
};

import process from 'node:process';
import {processStart} from '../../clients/host/process-start.ts';
import {couldNot, Failure, messageOf} from '../../errors.ts';
import {type BuildRun, runName} from '../../model/build-run.ts';

/** Whether the process that ran it is there, also one of somebody else's. In a record without its beginning, any process of its number is taken for it. */
export const isThere = ({pid, pidSince}: BuildRun): boolean => {
	const since = processStart(pid);
	return since !== undefined && (pidSince === undefined || pidSince === since);
};

/** Asks the process that runs a build to give it up, as ctrl-c in its terminal does. `conflict` when it is gone, `denied` when it is not ours to end. */
export const interrupt = async (run: BuildRun): Promise<void> => {
	if (run.pidSince === undefined || !isThere(run)) throw new Failure('conflict', `Process ${run.pid}, which built ${runName(run)}, is not there any more`);
	try {
		process.kill(run.pid, 'SIGINT');
	} catch (error) {
		const isDenied = (error as NodeJS.ErrnoException).code === 'EPERM';
		throw couldNot(isDenied ? 'denied' : 'conflict', `cancel ${runName(run)} in process ${run.pid}`, isDenied ? `it is ${run.user || 'somebody else'}'s` : messageOf(error), {cause: error});
	}
};

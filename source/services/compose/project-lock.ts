import {withDirectoryLock} from '../../clients/host/flock.ts';
import {isFailure} from '../../errors.ts';
import {projectFolder} from './materials.ts';

const longestSeconds = 24 * 60 * 60;

/** One at a time on a project: the second one says that it waits, and looks only when the first has ended. */
export const withProject = async <Answer>(
	dataStore: string,
	{namespace, project}: {readonly namespace: string; readonly project: string},
	run: () => Promise<Answer>,
	{signal, onWait}: {readonly signal?: AbortSignal; readonly onWait: () => void},
): Promise<Answer> => {
	const folder = projectFolder(dataStore, namespace, project);
	const calling = signal === undefined ? {} : {signal};
	let isRunning = false;
	const inside = () => {
		isRunning = true;
		return run();
	};
	try {
		return await withDirectoryLock(folder, inside, {...calling, patienceSeconds: 0});
	} catch (error) {
		if (isRunning || !isFailure(error, 'timeout')) throw error;
		onWait();
		return withDirectoryLock(folder, inside, {...calling, patienceSeconds: longestSeconds});
	}
};

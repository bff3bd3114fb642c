import {ensureNetconfPath, turnsLock} from '../../clients/cni/index.ts';
import type {OnDisk} from './dependencies.ts';
import type {CallSignal} from './types.ts';

/** Alone with the plugins, as far as nerdctl's and our own hooks go. */
export const takingTurns = async <T>({places, files}: OnDisk, run: () => Promise<T>, options: CallSignal = {}): Promise<T> => {
	ensureNetconfPath(places.cniNetconfPath, '');
	const {path, patienceSeconds} = turnsLock(places.cniNetconfPath);
	return files.withFileLock(path, run, {patienceSeconds, ...options});
};

import {writeFileSync} from 'node:fs';
import {ensureNetconfPath, turnsLock} from '../../clients/cni/index.ts';
import {withLock} from '../../clients/host/flock.ts';
import type {HookPaths} from './container-state.ts';

/** Alone with the plugins, as far as nerdctl's and our own hooks go. */
export const takingTurns = async <T>({netconfPath}: HookPaths, run: () => Promise<T>): Promise<T> => {
	ensureNetconfPath(netconfPath, '');
	const {path, patienceSeconds} = turnsLock(netconfPath);
	writeFileSync(path, '', {flag: 'a', mode: 0o600});
	return withLock(path, run, {patienceSeconds});
};

import type {Containerd} from '../../clients/containerd/types.ts';
import type {Host} from '../../clients/host/types.ts';
import {type Clock, systemClock} from './clock.ts';
import {exec} from './exec.ts';
import {execDetached} from './exec-detached.ts';
import {find} from './find.ts';
import {findShell, type ShellCache} from './find-shell.ts';
import {inspect} from './inspect.ts';
import {kill} from './kill.ts';
import {pause, unpause} from './pause.ts';
import {processes} from './processes.ts';
import {prune} from './prune.ts';
import {remove} from './remove.ts';
import {restart} from './restart.ts';
import {start} from './start.ts';
import {stop} from './stop.ts';
import type {ContainersService} from './types.ts';
import {wait} from './wait.ts';

export type {Clock} from './clock.ts';
export {nameOf} from './name.ts';
export {stopSignalOf, stopTimeoutOf} from './stop.ts';
export type {ContainersService, DetachedExecOptions, ExecOptions, ExecSession, ProcessRow, Progress, RemoveOptions, StopOptions} from './types.ts';

export type ContainersDependencies = {
	readonly containerd: Pick<Containerd, 'containers' | 'tasks' | 'snapshots'>;
	readonly host: Host;
	readonly clock?: Clock;
};

/** What can be done to containers. Each promise ends when the daemon has done it; the daemon's events tell everybody else. */
export const createContainers = ({containerd, host, clock = systemClock}: ContainersDependencies): ContainersService => {
	const dependencies = {containerd, host, clock};
	const shells: ShellCache = new Map();
	return {
		start: (ref, options) => start(dependencies, ref, options),
		stop: (ref, options) => stop(dependencies, ref, options),
		restart: (ref, options) => restart(dependencies, ref, options),
		kill: (ref, signal, options) => kill(dependencies, ref, signal, options),
		pause: (ref, options) => pause(dependencies, ref, options),
		unpause: (ref, options) => unpause(dependencies, ref, options),
		remove: (ref, options) => remove(dependencies, ref, options),
		prune: (namespace, options) => prune(dependencies, namespace, options),
		exec: (ref, options) => exec(dependencies, ref, options),
		execDetached: (ref, options) => execDetached(dependencies, ref, options),
		findShell: (ref, options) => findShell(dependencies, shells, ref, options),
		processes: (ref, options) => processes(dependencies, ref, options),
		inspect: (ref, options) => inspect(dependencies, ref, options),
		find: (namespace, nameOrId, options) => find(dependencies, namespace, nameOrId, options),
		wait: (ref, options) => wait(dependencies, ref, options),
	};
};

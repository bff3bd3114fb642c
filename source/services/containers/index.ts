import type {Containerd} from '../../clients/containerd/types.ts';
import type {Host} from '../../clients/host/types.ts';
import {Failure} from '../../errors.ts';
import type {ContainerRef} from '../../model/container.ts';
import {type Clock, systemClock} from './clock.ts';
import type {Making} from './create/types.ts';
import {exec} from './exec.ts';
import {execDetached} from './exec-detached.ts';
import {find} from './find.ts';
import {findShell, type ShellCache} from './find-shell.ts';
import {inspect} from './inspect.ts';
import {kill} from './kill.ts';
import {pause, unpause} from './pause.ts';
import {processes} from './processes.ts';
import {probeHealth} from './probe-health.ts';
import {prune} from './prune.ts';
import {reach} from './reach.ts';
import {remove} from './remove.ts';
import {removeForgotten} from './remove-forgotten.ts';
import {rename} from './rename.ts';
import {restart} from './restart.ts';
import type {ServeHook} from './serve-hook.ts';
import {start} from './start.ts';
import {stop} from './stop.ts';
import type {ContainersService} from './types.ts';
import {update} from './update.ts';
import {wait} from './wait.ts';

export type {Clock} from './clock.ts';
export type {ServeHook} from './serve-hook.ts';
export {nameOf} from './name.ts';
export {stopSignalOf, stopTimeoutOf} from './stop.ts';
export type {Making, ContainerDefaults, MachineNames} from './create/types.ts';
export type {AttachedContainer, ContainersService, CreateCall, CreateStep, DetachedExecOptions, ExecOptions, ExecSession, ProcessRow, Progress, RemoveOptions, RunCall, StopOptions} from './types.ts';

export type ContainersDependencies = {
	readonly containerd: Pick<Containerd, 'containers' | 'tasks' | 'snapshots'> & Partial<Pick<Containerd, 'plugins'>>;
	readonly host: Host;
	readonly clock?: Clock;
	/** Gives back addresses and ports of one that has stopped. */
	readonly releaseNetworks?: (ref: ContainerRef) => Promise<void>;
	readonly serveHook?: ServeHook;
	/** What new containers are made with, opened by the first; without it none can be made. */
	readonly openMaking?: () => Promise<Making>;
};

const noMaking = async (): Promise<Making> => {
	throw new Failure('unsupported', 'Containers can not be made here');
};

/** What can be done to containers. Each promise ends when the daemon has done it; the daemon's events tell everybody else. */
export const createContainers = ({containerd, host, clock = systemClock, releaseNetworks = async () => undefined, serveHook, openMaking = noMaking}: ContainersDependencies): ContainersService => {
	const dependencies = {containerd, host, clock, ...(serveHook === undefined ? {} : {serveHook})};
	const shells: ShellCache = new Map();
	// Loaded when it is asked for: listing and stopping need none of it.
	const makes = async <Loaded>(load: () => Promise<Loaded>) => {
		const [loaded, making] = await Promise.all([load(), openMaking()]);
		return {...loaded, dependencies: {...dependencies, making}};
	};
	return {
		create: async (request, call) => {
			const {create, dependencies} = await makes(() => import('./run.ts'));
			return create(dependencies, request, call);
		},
		run: async (request, call) => {
			const {run, dependencies} = await makes(() => import('./run.ts'));
			return run(dependencies, request, call);
		},
		startAttached: async (ref, options) => {
			const {startAttached, dependencies} = await makes(() => import('./start-attached.ts'));
			return startAttached(dependencies, ref, options);
		},
		reach: (ref, options) => reach(dependencies, ref, options),
		start: (ref, options) => start(dependencies, ref, options),
		stop: async (ref, options) => {
			await stop(dependencies, ref, options);
			// It has stopped, which is what was asked for. What resists here is tried again when its task is deleted.
			await releaseNetworks(ref).catch(() => undefined);
		},
		restart: (ref, options) => restart(dependencies, ref, options),
		kill: (ref, signal, options) => kill(dependencies, ref, signal, options),
		pause: (ref, options) => pause(dependencies, ref, options),
		unpause: (ref, options) => unpause(dependencies, ref, options),
		remove: (ref, options) => remove(dependencies, ref, options),
		rename: (ref, name, options) => rename(dependencies, ref, name, options),
		update: (ref, wanted, options) => update(dependencies, ref, wanted, options),
		probeHealth: (ref, options) => probeHealth(dependencies, ref, options),
		healthResults: ref => host.health(ref),
		removeForgotten: (namespace, options) => removeForgotten(dependencies, namespace, options),
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

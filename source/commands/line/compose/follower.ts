import {isAbort, isFailure} from '../../../errors.ts';
import {composeLabels} from '../../../model/compose/request/index.ts';
import type {ContainerRecord} from '../../../model/container.ts';
import {displayName} from '../../../model/grouping.ts';
import type {LogPosition} from '../../../model/log-record.ts';
import {willRestart} from '../../../model/docker-status.ts';
import {follow, type Printer, printFrom} from '../logs.ts';
import type {Surroundings} from '../types.ts';
import {readerOf} from './log-reader.ts';

export type Ended = {readonly id: string; readonly name: string; readonly service: string; readonly exitStatus: number; /** The monitor starts it again. */ readonly comesBack: boolean};

export type Place = LogPosition | 'oldest' | undefined;

export type Follower = {
	/** From a place of its log on; again and again when it starts again. One that is followed already stays as it is. */
	add(record: ContainerRecord, from: Place): void;
	/** True while one of them runs, or will. */
	isBusy(): boolean;
	/** When nobody runs any more, or the first failure. */
	readonly settled: Promise<void>;
	/** Whoever is added later counts again: call it when nobody is to be added any more. */
	seal(): void;
};

export type FollowerOptions = {
	readonly project: string;
	readonly printerOf: (name: string, service: string) => Printer;
	/** Whether a container that starts while we follow belongs to it. */
	readonly isWanted: (service: string) => boolean;
	readonly onEnd: (ended: Ended) => Promise<void>;
	readonly warn: (text: string) => void;
	readonly signal: AbortSignal;
};

/** Follows the containers of a project, those too that start meanwhile, each across its restarts. */
export const createFollower = (context: Surroundings, {project, printerOf, isWanted, onEnd, warn, signal}: FollowerOptions): Follower => {
	const {services, containerd, global} = context;
	const surroundings = {...context, signal};
	const places = new Map<string, Place>();
	const running = new Map<string, ContainerRecord>();
	const pids = new Map<string, number | undefined>();
	/** Started again while its end was still being told. */
	const again = new Set<string>();
	const comingBack = new Set<string>();
	const {promise: settled, resolve, reject} = Promise.withResolvers<void>();
	let isSealed = false;
	const isBusy = (): boolean => running.size > 0 || comingBack.size > 0;
	const settle = (): void => {
		if (isSealed && !isBusy()) resolve();
	};

	const once = async (record: ContainerRecord): Promise<void> => {
		const {id} = record;
		const name = displayName(record);
		const service = record.labels[composeLabels.service] ?? '';
		pids.delete(id);
		pids.set(id, (await services.containers.inspect(record, {signal})).task?.pid);
		const exit = services.containers.wait(record, {signal}).catch(() => undefined);
		const print = printerOf(name, service);
		const reader = await readerOf(surroundings, record);
		if (typeof reader === 'string') warn(`${name} has no log that can be followed: ${reader}`);
		else {
			const from = places.get(id);
			const place = from === undefined ? undefined : await printFrom(reader, from, print, false);
			places.set(id, (await follow(surroundings, record, reader, place, print)) ?? place ?? 'oldest');
		}
		const ended = await exit;
		signal.throwIfAborted();
		if (ended === undefined) return;
		const now = await services.containers.inspect(record, {signal}).then(
			found => found.record,
			() => undefined,
		);
		const comesBack = now !== undefined && willRestart(now, ended);
		if (comesBack) comingBack.add(id);
		await onEnd({id, name, service, exitStatus: ended.exitStatus, comesBack});
	};

	const run = async (record: ContainerRecord): Promise<void> => {
		const {id} = record;
		try {
			do {
				again.delete(id);
				comingBack.delete(id);
				await once(record);
			} while (again.has(id));
		} catch (error) {
			if (!isFailure(error, 'not-found')) reject(error);
		} finally {
			running.delete(id);
			settle();
		}
	};

	/** `pid` of the task that has started, to tell it from the one that is being followed. */
	const start = (record: ContainerRecord, pid?: number): void => {
		const {id} = record;
		if (!running.has(id)) {
			running.set(id, record);
			void run(record);
		} else if (pids.has(id) && pids.get(id) !== pid) again.add(id);
	};

	const hear = async (): Promise<void> => {
		try {
			for await (const event of containerd.events({signal})) {
				if (event.namespace !== global.namespace || !('containerId' in event)) continue;
				if (event.kind === 'container-deleted') {
					comingBack.delete(event.containerId);
					settle();
				}
				if (event.kind !== 'task-started') continue;
				const found = await services.containers.inspect({namespace: event.namespace, id: event.containerId}, {signal}).catch(() => undefined);
				const own = found?.record.labels ?? {};
				const isOurs = own[composeLabels.project] === project && own[composeLabels.oneOff]?.toLowerCase() !== 'true' && isWanted(own[composeLabels.service] ?? '');
				if (found === undefined || !isOurs) continue;
				if (!places.has(event.containerId)) places.set(event.containerId, 'oldest');
				start(found.record, event.pid);
			}
		} catch (error) {
			if (!isAbort(error)) reject(error);
		}
	};

	void hear();
	// Whoever gave up does not wait for it.
	settled.catch(() => undefined);
	return {
		isBusy,
		settled,
		add: (record, from) => {
			if (running.has(record.id)) return;
			if (!places.has(record.id)) places.set(record.id, from);
			start(record);
		},
		seal: () => {
			isSealed = true;
			settle();
		},
	};
};

import {isAbort} from '../../../errors.ts';
import type {Plan} from '../../../model/compose/plan/index.ts';
import type {Project} from '../../../model/compose/project.ts';
import {shortName} from '../../../model/compose/log-prefix.ts';
import type {ComposeService, OperationEvent} from '../../../services/compose/index.ts';
import {inParallel} from '../in-parallel.ts';
import type {Surroundings} from '../types.ts';
import {createFollower, type Ended, type Place} from './follower.ts';
import type {LogPrinter} from './log-printer.ts';
import {endOf, readerOf} from './log-reader.ts';
import {teller} from './service.ts';

export type AttachedOptions = {
	/** What is brought up. */
	readonly project: Project;
	readonly compose: ComposeService;
	/** Brings it up; told of each operation. */
	readonly up: (call: {readonly signal: AbortSignal; readonly onEvent: (event: OperationEvent) => void}) => Promise<Plan>;
	readonly printer: LogPrinter;
	/** Whose lines are shown; the ends of the others count all the same. */
	readonly isShown: (service: string) => boolean;
	/** Which end of a container ends everything. */
	readonly abortOn: 'none' | 'any' | 'failure';
	/** The service whose exit code is ours. */
	readonly codeFrom?: string | undefined;
	/** How long containers have to stop. */
	readonly stopping: {readonly timeoutMs?: number};
	/** While everything runs, beside the logs: `up --watch`. */
	readonly beside?: (signal: AbortSignal) => Promise<void>;
};

const stopSignals = new Set(['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT']);

const interrupted = 130;

/** Where the logs of what is there end, so that only what comes is shown. */
const placesOf = async (context: Surroundings, compose: ComposeService, name: string): Promise<Map<string, Place>> => {
	const {services, signal} = context;
	const pairs = await inParallel(await compose.containers(name, {signal}), async ref => {
		const {record} = await services.containers.inspect(ref, {signal});
		const reader = await readerOf(context, record);
		return [ref.id, typeof reader === 'string' ? undefined : await endOf(reader)] as const;
	});
	return new Map(pairs);
};

/**
Brings a project up and stays with it: its logs, until nobody runs any more, until one ends that is to end all, or until a signal. The first signal stops the
containers and the second one kills them. Answers the exit code: that of the service that was asked for, of the container that ended it all, 130 after a signal, else 0.
*/
export const upAttached = async (context: Surroundings, options: AttachedOptions): Promise<number> => {
	const {services, global, stderr, signal} = context;
	const {project, compose, printer, abortOn, codeFrom, stopping} = options;
	const told = teller(context);
	const say = (text: string): void => void stderr.write(`${text}\n`);
	const [bringing, leaving] = [new AbortController(), new AbortController()];
	const following = AbortSignal.any([signal, leaving.signal]);
	const names = new Set(Object.keys(project.services));
	const places = await placesOf(context, compose, project.name);
	const codes = new Map<string, number>();
	let signals = 0;
	let endedBy: Ended | undefined;
	let stopped: Promise<unknown> | undefined;
	const end = (verb: 'stop' | 'kill'): Promise<unknown> => compose.each(project.name, {verb, project, services: [...names]}, {...told, ...stopping, dryRun: false});
	/** Making comes to its end first: what it starts would run on else. */
	const stopAll = (): void => {
		bringing.abort();
		stopped ??= up.catch(() => undefined).then(() => end('stop'));
		stopped.catch(() => undefined);
	};
	const ignore = context.onSignal(name => {
		if (!stopSignals.has(name)) return;
		signals += 1;
		if (signals === 1) {
			say('stopping; once more kills');
			stopAll();
		} else if (signals === 2) {
			say('killing');
			stopped = Promise.allSettled([end('kill'), stopped]);
		}
	});
	const follower = createFollower(context, {
		project: project.name,
		warn: told.warn,
		signal: following,
		isWanted: service => names.has(service),
		printerOf: (name, service) => (options.isShown(service) ? printer.of(name) : async () => undefined),
		onEnd: async ended => {
			codes.set(ended.service, ended.exitStatus);
			if (options.isShown(ended.service)) await printer.say(ended.name, `exited with code ${ended.exitStatus}`);
			const endsAll = abortOn === 'any' || (abortOn === 'failure' && ended.exitStatus !== 0);
			if (!endsAll || endedBy !== undefined || stopped !== undefined || ended.comesBack) return;
			endedBy = ended;
			say(`${shortName(project.name, ended.name)} has ended: stopping the others`);
			stopAll();
		},
	});
	const add = async (nameOrId: string): Promise<void> => {
		const record = await services.containers.find(global.namespace, nameOrId, {signal: following});
		follower.add(record, places.get(record.id) ?? 'oldest');
	};
	const adding: Array<Promise<void>> = [];
	const bring = async (): Promise<Plan> => {
		const plan = await options.up({
			signal: AbortSignal.any([signal, bringing.signal]),
			onEvent: event => {
				told.onEvent(event);
				const {operation, phase} = event;
				const {action} = operation;
				if (phase === 'done' && (action.kind === 'start container' || action.kind === 'restart container')) adding.push(add(action.name).catch(() => undefined));
			},
		});
		const running = (await compose.containers(project.name, {signal})).filter(one => !one.isOneOff && names.has(one.service) && one.state !== 'created' && one.state !== 'stopped');
		for (const {id} of running) adding.push(add(id));
		await Promise.all(adding);
		return plan;
	};
	const up = bring();
	let besides: Promise<void> | undefined;
	try {
		await up.catch((error: unknown) => {
			if (stopped === undefined || !isAbort(error)) throw error;
		});
		if (options.beside !== undefined && stopped === undefined) besides = options.beside(following);
		besides?.catch(() => undefined);
		follower.seal();
		await follower.settled;
		await stopped;
		if (signals > 0) return interrupted;
		if (codeFrom !== undefined) return codes.get(codeFrom) ?? 0;
		return endedBy?.exitStatus ?? 0;
	} finally {
		ignore();
		leaving.abort();
		await besides?.catch(() => undefined);
	}
};

import type {Readable} from 'node:stream';
import type {Host} from '../../clients/host/types.ts';
import {Failure, failing, isAbort, messageOf} from '../../errors.ts';
import type {ContainerRef} from '../../model/container.ts';
import {type HealthCheck, healthCheckOf, type HealthState, healthStateOf, nextHealth} from '../../model/health.ts';
import {labels} from '../../model/labels.ts';
import {type ExecDependencies, exec} from './exec.ts';
import type {Uses} from './dependencies.ts';
import {nameOf} from './name.ts';
import type {ExecSession, Progress} from './types.ts';

export type ProbeDependencies = ExecDependencies & Uses<{containers: 'get' | 'setLabels'; tasks: 'find'}> & {readonly host: Pick<Host, 'health' | 'withHealthLock' | 'appendHealth'>};

export type ProbeOptions = Progress & {
	/** Only when the last result is older than this: then no two of us probe the same container. Ms. */
	readonly ifOlderThanMs?: number;
};

export type Probed = {readonly exitCode: number; readonly output: string; readonly state: HealthState};

const mostOutputBytes = 1024 * 1024;

/** One run of the check that a container declares, written down as nerdctl does. Undefined when it was not due. */
export const probeHealth = async (dependencies: ProbeDependencies, ref: ContainerRef, options: ProbeOptions = {}): Promise<Probed | undefined> => {
	const {containerd, host} = dependencies;
	const calling = options.signal === undefined ? {} : {signal: options.signal};
	let name = ref.id;
	try {
		const [record, task] = await Promise.all([containerd.containers.get(ref, calling), containerd.tasks.find(ref, calling)]);
		name = nameOf(record);
		if (task?.status !== 'running') throw new Failure('conflict', `container is not running (status: ${task?.status ?? 'created'})`);
		const check = healthCheckOf(record.labels);
		if (check === undefined) throw new Failure('not-found', 'container has no health check configured');
		return await host.withHealthLock(
			ref,
			async () => {
				const last = (await host.health(ref, 1)).at(-1)?.startedAt ?? 0;
				if (options.ifOlderThanMs !== undefined && Date.now() - last < options.ifOlderThanMs) return undefined;
				const result = await run(dependencies, ref, check, calling);
				// Read again: a probe may take half a minute, and it may have been started anew meanwhile.
				const {labels: now, createdAt} = await containerd.containers.get(ref, calling);
				const state = nextHealth(healthStateOf(now), check, result, createdAt);
				const label = JSON.stringify(state);
				// The same as before would only wake everybody who listens.
				if (now[labels.healthState] !== label) await containerd.containers.setLabels(ref, {[labels.healthState]: label}, calling);
				await host.appendHealth(ref, result);
				return {...result, state};
			},
			calling,
		);
	} catch (error) {
		throw failing(`check the health of ${name}`, error);
	}
};

type Result = {readonly startedAt: number; readonly endedAt: number; readonly exitCode: number; readonly output: string};

/** What can't even be started is a result as well: exit code −1 and the reason. */
const run = async (dependencies: ProbeDependencies, ref: ContainerRef, {args, timeoutMs}: HealthCheck, options: Progress): Promise<Result> => {
	const startedAt = Date.now();
	try {
		const session = await exec(dependencies, ref, {args, terminal: false, interactive: false, ...options});
		return {startedAt, ...(await finish(session, timeoutMs, options)), endedAt: Date.now()};
	} catch (error) {
		if (isAbort(error)) throw error;
		return {startedAt, exitCode: -1, output: messageOf(error), endedAt: Date.now()};
	}
};

const finish = async (session: ExecSession, timeoutMs: number, {signal}: Progress): Promise<{readonly exitCode: number; readonly output: string}> => {
	const output = collect([session.stdout, ...(session.stderr === undefined ? [] : [session.stderr])]);
	let timedOut = false;
	const timer = setTimeout(() => {
		timedOut = true;
		void session.kill(9).catch(() => undefined);
	}, timeoutMs);
	const giveUp = (): void => void session.close().catch(() => undefined);
	signal?.addEventListener('abort', giveUp, {once: true});
	try {
		const {exitStatus} = await session.wait();
		signal?.throwIfAborted();
		if (!timedOut) return {exitCode: exitStatus, output: output()};
		const said = output();
		return {exitCode: -1, output: `Health check exceeded timeout (${timeoutMs / 1000}s)${said === '' ? '' : `: ${said}`}`};
	} finally {
		clearTimeout(timer);
		signal?.removeEventListener('abort', giveUp);
	}
};

/** Both streams in the order in which they arrive; what is beyond a megabyte is read and dropped. */
const collect = (streams: readonly Readable[]): (() => string) => {
	const chunks: Buffer[] = [];
	let bytes = 0;
	for (const stream of streams) {
		stream.on('data', (chunk: Buffer) => {
			const kept = chunk.subarray(0, Math.max(0, mostOutputBytes - bytes));
			if (kept.length > 0) chunks.push(Buffer.from(kept));
			bytes += chunk.length;
		});
		stream.on('error', () => undefined);
	}
	return () => `${Buffer.concat(chunks).toString('utf8')}${bytes > mostOutputBytes ? '... [truncated]' : ''}`;
};

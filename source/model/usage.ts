import type {ContainerRef} from './container.ts';
import type {Metrics, NetworkCounters} from './metrics.ts';

/** What the dashboard shows of a running container's resources: rates between two readings. */
export type Usage = {
	readonly ref: ContainerRef;
	/** Epoch ms of the later reading. */
	readonly at: number;
	/** 100 is one core; undefined until a second reading has come. */
	readonly cpuPercent: number | undefined;
	readonly memoryBytes: number;
	readonly memoryLimitBytes: number | undefined;
	readonly pids: number;
	readonly blockReadBytes: number;
	readonly blockWriteBytes: number;
	/** Undefined while nobody looks at the network. */
	readonly network: NetworkCounters | undefined;
	/** Two minutes at one reading a second, oldest first. */
	readonly history: UsageHistory;
};

export type UsageHistory = {
	readonly cpuPercent: readonly number[];
	readonly memoryBytes: readonly number[];
	/** Bytes per second. */
	readonly received: readonly number[];
	readonly sent: readonly number[];
	readonly blockRead: readonly number[];
	readonly blockWrite: readonly number[];
};

export const historyLength = 120;

export const emptyHistory: UsageHistory = {cpuPercent: [], memoryBytes: [], received: [], sent: [], blockRead: [], blockWrite: []};

/** A counter that went backwards belongs to a new task: the rate of that step is unknown, not negative. */
const rate = (before: number, after: number, elapsedMs: number): number =>
	elapsedMs <= 0 || after < before ? 0 : ((after - before) * 1000) / elapsedMs;

export const cpuPercent = (before: Metrics, after: Metrics): number =>
	rate(before.cpuNanoseconds, after.cpuNanoseconds, after.at - before.at) / 1e7;

const push = (values: readonly number[], value: number): readonly number[] =>
	values.length < historyLength ? [...values, value] : [...values.slice(1), value];

export type Reading = {readonly metrics: Metrics; readonly network: NetworkCounters | undefined};

/** The next usage from two readings. `keepHistory` is false for rows that show only numbers: arrays per container per second are waste. */
export const usageFrom = (
	ref: ContainerRef,
	before: Reading | undefined,
	after: Reading,
	previous: Usage | undefined,
	keepHistory: boolean,
): Usage => {
	const {metrics, network} = after;
	const cpu = before === undefined ? undefined : cpuPercent(before.metrics, metrics);
	const elapsed = before === undefined ? 0 : metrics.at - before.metrics.at;
	const past = previous?.history ?? emptyHistory;
	const byteRate = (from: number | undefined, to: number | undefined) => (from === undefined || to === undefined ? 0 : rate(from, to, elapsed));
	return {
		ref,
		at: metrics.at,
		cpuPercent: cpu,
		memoryBytes: metrics.memoryBytes,
		memoryLimitBytes: metrics.memoryLimitBytes,
		pids: metrics.pids,
		blockReadBytes: metrics.blockReadBytes,
		blockWriteBytes: metrics.blockWriteBytes,
		network,
		history: !keepHistory
			? past
			: {
					cpuPercent: push(past.cpuPercent, cpu ?? 0),
					memoryBytes: push(past.memoryBytes, metrics.memoryBytes),
					received: push(past.received, byteRate(before?.network?.receivedBytes, network?.receivedBytes)),
					sent: push(past.sent, byteRate(before?.network?.sentBytes, network?.sentBytes)),
					blockRead: push(past.blockRead, byteRate(before?.metrics.blockReadBytes, metrics.blockReadBytes)),
					blockWrite: push(past.blockWrite, byteRate(before?.metrics.blockWriteBytes, metrics.blockWriteBytes)),
				},
	};
};

import type {Container} from './container.ts';
import {dockerName} from './docker-status.ts';
import {threeDigitBytes} from './docker-units.ts';
import type {Metrics, NetworkCounters} from './metrics.ts';
import {goStruct} from './template-struct.ts';
import {binaryBytes} from './units.ts';
import {cpuPercent} from './usage.ts';

export type StatsParts = {
	readonly container: Pick<Container, 'id' | 'labels'>;
	/** Undefined for a container without a running task: docker shows zeros. */
	readonly before: Metrics | undefined;
	readonly after: Metrics | undefined;
	readonly network: NetworkCounters | undefined;
	/** What a container without a limit may take. */
	readonly hostMemoryBytes: number;
	readonly truncated: boolean;
};

const nameOf = (labels: Container['labels'], truncated: boolean): string => {
	const name = dockerName(labels);
	if (name.length <= 1) return '--';
	return truncated ? name.slice(0, name.startsWith('k8s://') ? 24 : 12) : name;
};

/** A row of `stats`, with the fields that `--format` knows. */
export const statsRow = ({container, before, after, network, hostMemoryBytes, truncated}: StatsParts) => {
	const limit = after === undefined ? 0 : Math.min(after.memoryLimitBytes ?? hostMemoryBytes, hostMemoryBytes);
	const cpu = before === undefined || after === undefined ? 0 : cpuPercent(before, after);
	const memory = after?.memoryBytes ?? 0;
	return goStruct('statsutil.FormattedStatsEntry', {
		Name: nameOf(container.labels, truncated),
		ID: truncated ? container.id.slice(0, 12) : container.id,
		CPUPerc: `${cpu.toFixed(2)}%`,
		MemUsage: `${binaryBytes(memory)} / ${binaryBytes(limit)}`,
		MemPerc: `${(limit === 0 ? 0 : (memory / limit) * 100).toFixed(2)}%`,
		NetIO: `${threeDigitBytes(network?.receivedBytes ?? 0)} / ${threeDigitBytes(network?.sentBytes ?? 0)}`,
		BlockIO: `${threeDigitBytes(after?.blockReadBytes ?? 0)} / ${threeDigitBytes(after?.blockWriteBytes ?? 0)}`,
		PIDs: String(after?.pids ?? 0),
	});
};

export type StatsRow = ReturnType<typeof statsRow>;

export const statsTitles = ['CONTAINER ID', 'NAME', 'CPU %', 'MEM USAGE / LIMIT', 'MEM %', 'NET I/O', 'BLOCK I/O', 'PIDS'] as const;

export const statsHeaders: Readonly<Record<string, string>> = {
	ID: 'CONTAINER ID',
	CPUPerc: 'CPU %',
	MemUsage: 'MEM USAGE / LIMIT',
	MemPerc: 'MEM %',
	NetIO: 'NET I/O',
	BlockIO: 'BLOCK I/O',
	PIDs: 'PIDS',
};

export const statsCells = ({ID, Name, CPUPerc, MemUsage, MemPerc, NetIO, BlockIO, PIDs}: StatsRow): readonly string[] => [
	ID,
	Name,
	CPUPerc,
	MemUsage,
	MemPerc,
	NetIO,
	BlockIO,
	PIDs,
];

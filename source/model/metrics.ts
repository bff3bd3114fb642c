/** One reading of a container's cgroup, from v1 or v2 (`Tasks.Metrics`). Counters only grow while the task lives. */
export type Metrics = {
	readonly containerId: string;
	/** Epoch ms, the daemon's clock. */
	readonly at: number;
	readonly cpuNanoseconds: number;
	/** Usage minus inactive file, as `docker stats` shows it. */
	readonly memoryBytes: number;
	/** Undefined when there is no limit. */
	readonly memoryLimitBytes: number | undefined;
	readonly pids: number;
	readonly pidsLimit: number | undefined;
	readonly blockReadBytes: number;
	readonly blockWriteBytes: number;
};

/** Bytes on the wire since the network namespace was made, summed over its interfaces except `lo`; read from /proc/PID/net/dev. */
export type NetworkCounters = {readonly receivedBytes: number; readonly sentBytes: number};

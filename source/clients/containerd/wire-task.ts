import type {Task, TaskStatus} from '../../model/container.ts';
import {type Process, Status} from '../../protocol/generated/task-types.ts';
import {fromTimestamp, restNanos} from './time.ts';

const statuses: Readonly<Record<number, TaskStatus>> = {
	[Status.CREATED]: 'created',
	[Status.RUNNING]: 'running',
	[Status.STOPPED]: 'stopped',
	[Status.PAUSED]: 'paused',
	[Status.PAUSING]: 'pausing',
};

/** In lists containerd leaves `container_id` empty and names the container by `id`. */
export const toTask = (wire: Process, containerId = wire.containerId === '' ? wire.id : wire.containerId): Task => ({
	containerId,
	pid: wire.pid,
	status: statuses[wire.status] ?? 'unknown',
	exitStatus: wire.exitStatus,
	exitedAt: fromTimestamp(wire.exitedAt),
	...(fromTimestamp(wire.exitedAt) === undefined ? {} : {exitedNanos: restNanos(wire.exitedAt)}),
	stdin: wire.stdin,
	stdout: wire.stdout,
	stderr: wire.stderr,
	terminal: wire.terminal,
});

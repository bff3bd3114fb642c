import type {DaemonEvent} from '../../model/event.ts';
import {listContainers} from './containers.ts';
import {readExtras} from './state-files.ts';
import type {Surroundings} from './types.ts';

/**
What is still known of what happened: containerd keeps no events, but its records say when they were made, nerdctl's files when a container started,
and a task when it ended. What is gone has left nothing.
*/
export const pastEvents = async (context: Surroundings, since: number, until: number): Promise<readonly DaemonEvent[]> => {
	const {containerd, host, global, signal} = context;
	const {namespace} = global;
	const events: DaemonEvent[] = [];
	for (const container of await listContainers(context)) {
		const {id: containerId, task} = container;
		events.push({kind: 'container-created', namespace, topic: '/containers/create', at: container.createdAt, containerId});
		const startedAt = task === undefined ? Number.NaN : Date.parse((await readExtras(host, container)).startedAt);
		if (task !== undefined && !Number.isNaN(startedAt)) events.push({kind: 'task-started', namespace, topic: '/tasks/start', at: startedAt, containerId, pid: task.pid});
		if (task?.status === 'stopped' && task.exitedAt !== undefined)
			events.push({kind: 'task-exited', namespace, topic: '/tasks/exit', at: task.exitedAt, containerId, execId: '', pid: task.pid, exitStatus: task.exitStatus, exitedAt: task.exitedAt});
	}
	for (const image of await containerd.images.list(namespace, {signal})) events.push({kind: 'image-created', namespace, topic: '/images/create', at: image.createdAt, image: image.name});
	return events.filter(({at}) => at >= since && at < until).sort((a, b) => a.at - b.at);
};

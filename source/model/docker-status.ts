import type {Container, Task} from './container.ts';
import {labels} from './labels.ts';
import {ago} from './units.ts';

/** What nerdctl prints under STATUS, word for word: scripts look for `Up` and `Exited (0)`. */

/** As the last probe left it; empty for a container without a health check. */
export const healthStateOf = (container: Pick<Container, 'labels'>): 'healthy' | 'unhealthy' | 'starting' | '' => {
	const text = container.labels[labels.healthState];
	if (text === undefined || text === '') return '';
	try {
		const {Status: health} = JSON.parse(text) as {readonly Status?: unknown};
		return health === 'healthy' || health === 'unhealthy' || health === 'starting' ? health : '';
	} catch {
		// A label that anybody may write: what is not JSON says nothing about health.
		return '';
	}
};

const healthOf = (container: Pick<Container, 'labels'>): string => {
	const health = healthStateOf(container);
	if (health === 'starting') return ' (health: starting)';
	return health === '' ? '' : ` (${health})`;
};

/** containerd's `restart.NewPolicy`: `always`, `unless-stopped`, `on-failure[:n]`; undefined when the monitor would refuse it. */
export const restartPolicyOf = (text: string): {readonly name: string; readonly maximumRetries: number} | undefined => {
	const [name = '', retries] = text.split(':');
	if (!['', 'no', 'always', 'unless-stopped', 'on-failure'].includes(name)) return undefined;
	if (retries === undefined) return {name, maximumRetries: 0};
	return name === 'on-failure' && /^\d+$/.test(retries) ? {name, maximumRetries: Number(retries)} : undefined;
};

/** Whether containerd's restart monitor will start a stopped task again (`restart.Reconcile`). */
export const willRestart = (container: Pick<Container, 'labels'>, task: Pick<Task, 'exitStatus'>): boolean => {
	if (container.labels[labels.restartStatus] !== 'running') return false;
	const policy = restartPolicyOf(container.labels[labels.restartPolicy] ?? '');
	switch (policy?.name) {
		case '':
		case 'always':
			return true;
		case 'on-failure':
			return (
				task.exitStatus !== 0 && (policy.maximumRetries === 0 || Number(container.labels[labels.restartCount] ?? 0) < policy.maximumRetries)
			);
		case 'unless-stopped':
			return container.labels[labels.explicitlyStopped] !== 'true';
		default:
			return false;
	}
};

/** A container whose task was deleted reads `Created`, even if it ran: nothing is left that would say otherwise. */
export const dockerStatus = (container: Pick<Container, 'labels' | 'task'>, now: number): string => {
	const {task} = container;
	if (task === undefined) return 'Created';
	if (task.status === 'running') return `Up${healthOf(container)}`;
	if (task.status !== 'stopped') return task.status.charAt(0).toUpperCase() + task.status.slice(1);
	const word = willRestart(container, task) ? 'Restarting' : 'Exited';
	return `${word} (${task.exitStatus})${task.exitedAt === undefined ? '' : ` ${ago(task.exitedAt, now)}`}`;
};

/** `inspect`'s State.Status. */
export const dockerState = (container: Pick<Container, 'labels'>, task: Task): string =>
	task.status === 'stopped' ? (willRestart(container, task) ? 'restarting' : 'exited') : task.status;

/** The name nerdctl shows: its own label, else where Kubernetes keeps the container; empty when nobody named it. */
export const dockerName = (all: Readonly<Record<string, string>>): string => {
	const own = all[labels.name];
	if (own !== undefined) return own;
	const [namespace, pod, container] = [all[labels.podNamespace], all[labels.podName], all[labels.podContainer]];
	if (namespace === undefined || pod === undefined) return '';
	return container === undefined ? `k8s://${namespace}/${pod}` : `k8s://${namespace}/${pod}/${container}`;
};

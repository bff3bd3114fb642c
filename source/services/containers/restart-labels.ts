import type {Containerd} from '../../clients/containerd/types.ts';
import type {Container, ContainerRef} from '../../model/container.ts';
import {labels} from '../../model/labels.ts';

type SetsLabels = {readonly containerd: {readonly containers: Pick<Containerd['containers'], 'setLabels'>}};

/**
containerd's restart monitor acts, every ten seconds, on each container that has the label restart.status: it starts what should run and kills what
should not. So the label is taken away while we start or stop (else the monitor would do the same beside us), and says what we want afterwards.

`explicitly-stopped` alone is not enough: only the policy unless-stopped heeds it, which is why `nerdctl stop` of an `always` container comes back.
*/
export type RestartGuard = {
	/** What the user asked for has come true. */
	settle(wanted: 'running' | 'stopped'): Promise<void>;
	/** It has not: everything as before. */
	restore(): Promise<void>;
};

const none: RestartGuard = {settle: async () => undefined, restore: async () => undefined};

/** Whether the monitor looks at it. */
export const isMonitored = (container: Pick<Container, 'labels'>): boolean =>
	container.labels[labels.restartPolicy] !== undefined || container.labels[labels.restartStatus] !== undefined;

export const guardRestarts = async (
	{containerd}: SetsLabels,
	container: ContainerRef & Pick<Container, 'labels'>,
	intent: 'start' | 'stop',
	options: {readonly signal?: AbortSignal} = {},
): Promise<RestartGuard> => {
	if (!isMonitored(container)) return none;
	const set = (status: string | undefined, explicitlyStopped: string | undefined, withSignal = {}): Promise<void> =>
		containerd.containers.setLabels(container, {[labels.explicitlyStopped]: explicitlyStopped, [labels.restartStatus]: status}, withSignal);
	await set(undefined, intent === 'stop' ? 'true' : container.labels[labels.explicitlyStopped], options);
	return {
		settle: wanted => set(wanted, wanted === 'stopped' ? 'true' : 'false'),
		restore: () => set(container.labels[labels.restartStatus], container.labels[labels.explicitlyStopped]),
	};
};

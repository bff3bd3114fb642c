import {isAbort} from '../errors.ts';
import type {Containerd} from '../clients/containerd/types.ts';
import {type Container, containerKey} from '../model/container.ts';
import type {NetworkCounters} from '../model/metrics.ts';
import {type Reading, type Usage, usageFrom} from '../model/usage.ts';
import type {AppStore, Machine} from '../store/index.ts';
import type {Clock} from './clock.ts';
import {namespacesIn} from './lists.ts';

export type SamplerDependencies = {
	/** The daemon of the moment; undefined until there is one. The sampler outlives it: another host is another daemon. */
	readonly containerd: () => Pick<Containerd, 'tasks'> | undefined;
	readonly store: AppStore;
	readonly clock: Clock;
	readonly intervalMs?: number;
	/** Undefined when the process is gone or not ours to read. */
	readonly readNetwork: (pid: number) => Promise<NetworkCounters | undefined>;
	readonly readMachine: () => Promise<Machine | undefined>;
};

export type Sampler = {
	/** Sampling runs while at least one holder shows it; `network` also reads the interfaces, a file per container. Answers how to let go. */
	hold(wants: {readonly network: 'none' | 'all' | readonly string[]}): () => void;
	stop(): void;
};

type Wants = {readonly network: 'none' | 'all' | readonly string[]};

/** One Metrics call per namespace and tick for all containers, only while something shows them. */
export const createSampler = ({containerd, store, clock, intervalMs = 1000, readNetwork, readMachine}: SamplerDependencies): Sampler => {
	const holders = new Set<Wants>();
	const stopping = new AbortController();
	let running = false;
	let readings = new Map<string, Reading>();
	let machineReadAt = Number.NEGATIVE_INFINITY;

	const wantsNetwork = (key: string): boolean => {
		for (const {network} of holders) if (network === 'all' || (network !== 'none' && network.includes(key))) return true;
		return false;
	};

	const busyNamespaces = (): readonly string[] => {
		const {scope, namespaces, containers} = store.get();
		return namespacesIn(scope, namespaces).filter(namespace => hasRunning(containers.items.values(), namespace));
	};

	/** Without numbers of containers the header shows none of the machine either. */
	const hasWork = (): boolean => store.get().connection.status === 'live' && (store.get().usage.size > 0 || busyNamespaces().length > 0);

	/** Where nothing runs not even a clock does: the store says when something begins to. */
	const work = async (): Promise<void> =>
		new Promise(resolve => {
			const done = (): void => {
				if (!stopping.signal.aborted && !hasWork()) return;
				stopListening();
				stopping.signal.removeEventListener('abort', done);
				resolve();
			};
			const stopListening = store.subscribe(done);
			stopping.signal.addEventListener('abort', done);
			done();
		});

	const sample = async (): Promise<void> => {
		const state = store.get();
		const daemon = containerd();
		if (daemon === undefined) return;
		const next = new Map<string, Reading>();
		const usage = new Map<string, Usage>();
		const busy = busyNamespaces();
		for (const namespace of busy) {
			for (const metrics of await daemon.tasks.metrics(namespace, {signal: stopping.signal})) {
				const key = containerKey({namespace, id: metrics.containerId});
				const container = store.get().containers.items.get(key);
				// A stopped task's cgroup lingers with a few kilobytes in it: that is nobody's usage.
				if (container?.task === undefined || container.task.status === 'stopped') continue;
				const network = wantsNetwork(key) ? await readNetwork(container.task.pid) : undefined;
				const reading: Reading = {metrics, network};
				next.set(key, reading);
				usage.set(key, usageFrom({namespace, id: metrics.containerId}, readings.get(key), reading, state.usage.get(key), true));
			}
		}
		readings = next;
		const machine = clock.now() - machineReadAt < machineMs ? undefined : await readMachine();
		if (machine !== undefined) machineReadAt = clock.now();
		if (machine !== undefined && !sameMachine(machine, store.get().machine)) store.dispatch({type: 'machine-sampled', machine});
		if (usage.size > 0 || store.get().usage.size > 0) store.dispatch({type: 'usage-sampled', usage});
	};

	const run = async () => {
		while (holders.size > 0 && !stopping.signal.aborted) {
			await work();
			try {
				await sample();
			} catch (error) {
				if (stopping.signal.aborted) return;
				// The connection's own supervisor finds out and says so; numbers just stop until it is back.
				if (!isAbort(error)) readings = new Map();
			}
			try {
				await clock.sleep(intervalMs, stopping.signal);
			} catch (error) {
				if (!isAbort(error)) throw error;
			}
		}
		running = false;
	};

	return {
		hold(wants) {
			holders.add(wants);
			if (!running) {
				running = true;
				void run();
			}
			return () => holders.delete(wants);
		},
		stop() {
			stopping.abort();
		},
	};
};

const hasRunning = (containers: Iterable<Container>, namespace: string): boolean => {
	for (const container of containers) if (container.namespace === namespace && container.task?.status === 'running') return true;
	return false;
};

/** Memory and disk of a machine move slowly, and reading them costs more than a look at fifty containers. */
const machineMs = 5000;

const noticeableBytes = 150_000_000;

/** A change that says nothing must not cost a repaint: memory that goes up and down by less than the header can show stands still. */
const sameMachine = (a: Machine, b: Machine | undefined): boolean =>
	b !== undefined &&
	Math.abs(a.memoryUsedBytes - b.memoryUsedBytes) < noticeableBytes &&
	a.diskUsedPercent === b.diskUsedPercent &&
	a.memoryTotalBytes === b.memoryTotalBytes;

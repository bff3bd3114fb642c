import type {Operation, Plan} from '../../model/compose/plan/index.ts';

export type OperationEvent = {readonly operation: Operation; readonly phase: 'started' | 'done' | 'failed'};

export type ExecuteOptions = {
	readonly perform: (operation: Operation, signal: AbortSignal) => Promise<void>;
	readonly onEvent?: (event: OperationEvent) => void;
	/** Told at an abort what is still running then, if there is anything. */
	readonly onInterrupted?: (running: readonly Operation[]) => void;
	readonly signal?: AbortSignal;
};

/**
Does a plan, side by side what does not wait for each other. The first failure ends it, as an abort does: what runs is told and waited for, what has
not begun never does, and the failure is thrown.
*/
export const execute = async ({operations}: Plan, {perform, onEvent = () => undefined, onInterrupted = () => undefined, signal}: ExecuteOptions): Promise<void> => {
	const stop = new AbortController();
	const both = signal === undefined ? stop.signal : AbortSignal.any([stop.signal, signal]);
	let first: {readonly error: unknown} | undefined;
	const done = new Map<number, Promise<boolean>>();
	const running = new Set<Operation>();
	const interrupt = (): void => {
		if (running.size > 0) onInterrupted([...running]);
	};
	const run = async (operation: Operation): Promise<boolean> => {
		const before = await Promise.all(operation.after.map(id => done.get(id) ?? true));
		if (before.includes(false) || both.aborted) return false;
		running.add(operation);
		onEvent({operation, phase: 'started'});
		try {
			await perform(operation, both);
			onEvent({operation, phase: 'done'});
			return true;
		} catch (error) {
			// What was aborted because of another failure has nothing to add to it.
			if (first === undefined) {
				first = {error};
				onEvent({operation, phase: 'failed'});
				stop.abort();
			}
			return false;
		} finally {
			running.delete(operation);
		}
	};
	signal?.addEventListener('abort', interrupt);
	for (const operation of operations) done.set(operation.id, run(operation));
	await Promise.all(done.values());
	signal?.removeEventListener('abort', interrupt);
	if (first !== undefined) throw (first as {readonly error: unknown}).error;
	signal?.throwIfAborted();
};

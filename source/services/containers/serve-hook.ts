import type {ContainerRecord} from '../../model/container.ts';

/**
`run` makes the daemon run a hook of the container: createRuntime when its task is created, postStop when that is deleted. Whoever implements this may
do the work of the hook meanwhile; `run` waits for what it is given before it calls the daemon.
*/
export type ServeHook = <T>(record: ContainerRecord, event: 'createRuntime' | 'postStop', run: (offered: Promise<unknown>) => Promise<T>) => Promise<T>;

export type ServesHooks = {
	/** Without it each hook does its own work. */
	readonly serveHook?: ServeHook;
};

export const serving = ({serveHook}: ServesHooks): ServeHook => serveHook ?? (async (_record, _event, run) => run(Promise.resolve()));

import type {ContainerRecord} from '../../model/container.ts';

/**
Before the daemon is made to run a hook of the container: createRuntime when its task is created, postStop when that is deleted. Resolves when the
work of the hook can be done here, or will not be; what it answers ends that, and may be called twice. Never rejects.
*/
export type ServeHook = (record: ContainerRecord, event: 'createRuntime' | 'postStop') => Promise<() => void>;

export type ServesHooks = {
	/** Without it each hook does its own work. */
	readonly serveHook?: ServeHook;
};

const byItself: ServeHook = async () => () => undefined;

export const serving = ({serveHook}: ServesHooks): ServeHook => serveHook ?? byItself;

/** `call` makes the daemon run the hook. */
export const whileServed = async <T>(serving: ReturnType<ServeHook>, call: () => Promise<T>): Promise<T> => {
	const end = await serving;
	try {
		return await call();
	} finally {
		end();
	}
};

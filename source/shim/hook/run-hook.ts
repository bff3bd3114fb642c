import {hostFailure} from '../../clients/host/missing.ts';
import {Failure, messageOf} from '../../errors.ts';
import {type HookPaths, readContainerState} from './container-state.ts';
import {openHookLog} from './hook-log.ts';

const events = {
	createRuntime: async () => (await import('./create-runtime.ts')).createRuntime,
	postStop: async () => (await import('./post-stop.ts')).postStop,
};

const isEvent = (text: string | undefined): text is keyof typeof events => text !== undefined && Object.hasOwn(events, text);

/** What a hook is asked for: its arguments, its environment, which is all in the spec, and the state that runc writes to its stdin. */
export type HookCall = {readonly args: readonly string[]; readonly env: NodeJS.ProcessEnv; readonly state: string};

/** The work of a hook, in whatever process. What it throws becomes the reason of a failed start. */
export const runHook = async ({args, env, state}: HookCall): Promise<void> => {
	const [event, dataStore = '', cniPath = '', netconfPath = ''] = args;
	if (!isEvent(event)) throw new Failure('invalid', `There is no hook ${JSON.stringify(event ?? '')}`);
	if (dataStore === '' || cniPath === '' || netconfPath === '') throw new Failure('invalid', 'The hook needs a data store, a plugin path and a configuration path');
	const paths: HookPaths = {dataStore, cniPath, netconfPath, env};
	const container = readContainerState(state);
	const log = openHookLog(container.stateDir, event);
	try {
		const run = await events[event]();
		await run(container, paths, log);
	} catch (caught) {
		const error = hostFailure('write a file that the container needs', caught);
		log.warn(event, messageOf(error));
		throw error;
	} finally {
		log.close();
	}
};

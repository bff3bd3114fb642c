import {readFileSync} from 'node:fs';
import {hostFailure} from '../../clients/host/missing.ts';
import {Failure, messageOf} from '../../errors.ts';
import {type HookPaths, readContainerState} from './container-state.ts';
import {openHookLog} from './hook-log.ts';

const events = {
	createRuntime: async () => (await import('./create-runtime.ts')).createRuntime,
	postStop: async () => (await import('./post-stop.ts')).postStop,
};

const isEvent = (text: string | undefined): text is keyof typeof events => text !== undefined && Object.hasOwn(events, text);

/** What runc starts, as root and with nothing but the environment that the spec gives it. Its last words become the reason of a failed start. */
export const runHook = async ([event, dataStore = '', cniPath = '', netconfPath = '']: readonly string[]): Promise<void> => {
	if (!isEvent(event)) throw new Failure('invalid', `There is no hook ${JSON.stringify(event ?? '')}`);
	if (dataStore === '' || cniPath === '' || netconfPath === '') throw new Failure('invalid', 'The hook needs a data store, a plugin path and a configuration path');
	const paths: HookPaths = {dataStore, cniPath, netconfPath};
	const container = readContainerState(readFileSync(0, 'utf8'));
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

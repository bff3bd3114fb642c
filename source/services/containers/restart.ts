import type {ContainerRef} from '../../model/container.ts';
import {type StartDependencies, start} from './start.ts';
import {type StopDependencies, stop} from './stop.ts';
import type {StopOptions} from './types.ts';

/** Stop, then start; a container that does not run is only started. */
export const restart = async (
	dependencies: StartDependencies & StopDependencies,
	ref: ContainerRef,
	options: StopOptions = {},
): Promise<void> => {
	await stop(dependencies, ref, options);
	await start(dependencies, ref, options.signal === undefined ? {} : {signal: options.signal});
};

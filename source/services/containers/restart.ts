import type {Host} from '../../clients/host/types.ts';
import type {ContainerRef} from '../../model/container.ts';
import {type StartDependencies, start} from './start.ts';
import {type StopDependencies, stop} from './stop.ts';
import type {StopOptions} from './types.ts';

/** Stop, then start; a container that does not run is only started. One that is removed when it ends stays, for this is not its end. */
export const restart = async (
	dependencies: StartDependencies & StopDependencies & {readonly host: Pick<Host, 'withoutAutoRemove'>},
	ref: ContainerRef,
	options: StopOptions = {},
): Promise<void> => {
	await dependencies.host.withoutAutoRemove(ref, async () => {
		await stop(dependencies, ref, options);
		await start(dependencies, ref, options.signal === undefined ? {} : {signal: options.signal});
	});
};

import {hookPathOf} from '../../clients/host/install-shim.ts';

/** Where the hook program and what it works on are; all of it stands in the spec and must hold for years. */
export type HookPlaces = {
	/** As `installShim` answers it. */
	readonly shimPath: string;
	readonly dataStore: string;
	readonly cniPath: string;
	readonly cniNetconfPath: string;
	/** Of the container; there the hook looks for somebody who does its work. */
	readonly stateDir: string;
};

type Hook = {readonly path: string; readonly args: readonly string[]; readonly env: readonly string[]};

/**
The `hooks` of a container's spec, whatever its network: they take its name again at each start as well. nerdctl gives its hooks the whole
environment of whoever created the container, which so is in the spec for everybody to read; a PATH is all that plugins need.
*/
export const networkHooks = ({shimPath, dataStore, cniPath, cniNetconfPath, stateDir}: HookPlaces): {readonly createRuntime: readonly Hook[]; readonly poststop: readonly Hook[]} => {
	const hook = (event: string): Hook => ({
		path: hookPathOf(shimPath),
		args: ['gantry-hook', 'hook', event, dataStore, cniPath, cniNetconfPath, stateDir],
		env: ['PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'],
	});
	return {createRuntime: [hook('createRuntime')], poststop: [hook('postStop')]};
};

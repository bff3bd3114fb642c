import {existsSync} from 'node:fs';
import type {Settings} from '../config/types.ts';
import {cgroupManagerOf} from '../model/cgroup-manager.ts';
import type {CreateRequest} from '../model/create-request.ts';

/** Asked only when a container is made: what a flag or nerdctl.toml says wrong of it must not keep anybody from listing containers. */
export const cgroupManager = ({cgroupManager: said, rootless}: Pick<Settings, 'cgroupManager' | 'rootless'>): CreateRequest['cgroupManager'] =>
	cgroupManagerOf(said?.value, {
		cgroupVersion: existsSync('/sys/fs/cgroup/cgroup.controllers') ? 2 : 1,
		hasSystemd: existsSync('/run/systemd/system'),
		isRootless: rootless,
	});

import {existsSync} from 'node:fs';
import type {Settings} from '../config/types.ts';
import {cgroupManagerOf} from '../model/cgroup-manager.ts';
import type {CreateRequest} from '../model/create-request.ts';

/** Asked only when a container is made: what nerdctl.toml says wrong of it must not keep anybody from listing containers. */
export const cgroupManager = ({nerdctl, rootless}: Pick<Settings, 'nerdctl' | 'rootless'>): CreateRequest['cgroupManager'] =>
	cgroupManagerOf(nerdctl.cgroup_manager, {
		cgroupVersion: existsSync('/sys/fs/cgroup/cgroup.controllers') ? 2 : 1,
		hasSystemd: existsSync('/run/systemd/system'),
		isRootless: rootless,
	});

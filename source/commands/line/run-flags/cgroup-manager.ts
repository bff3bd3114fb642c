import {Failure} from '../../../errors.ts';
import type {CreateRequest} from '../../../model/create-request.ts';

/** What nerdctl.toml says, else systemd where it can manage version 2. */
export const cgroupManagerOf = (configured: string | undefined, {cgroupVersion, hasSystemd}: {readonly cgroupVersion: 1 | 2; readonly hasSystemd: boolean}): CreateRequest['cgroupManager'] => {
	if (configured === undefined || configured === '') return cgroupVersion === 2 && hasSystemd ? 'systemd' : 'cgroupfs';
	if (configured === 'cgroupfs' || configured === 'systemd') return configured;
	if (configured === 'none') throw new Failure('invalid', 'cgroup-manager "none" is only supported for rootless', {hint: 'set cgroup_manager to cgroupfs or systemd'});
	throw new Failure('invalid', `cgroup manager ${JSON.stringify(configured)} is not known`, {hint: 'set cgroup_manager to cgroupfs or systemd'});
};

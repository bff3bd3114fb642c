import {Failure} from '../errors.ts';
import type {CreateRequest} from './create-request.ts';

type Machine = {readonly cgroupVersion: 1 | 2; readonly hasSystemd: boolean; readonly isRootless: boolean};

const hint = {hint: 'set --cgroup-manager, or cgroup_manager in nerdctl.toml, to cgroupfs or systemd'};

/** What the flag or nerdctl.toml says, else as nerdctl finds it: systemd where it rules version 2, none where we have no right to cgroups. */
export const cgroupManagerOf = (configured: string | undefined, {cgroupVersion, hasSystemd, isRootless}: Machine): CreateRequest['cgroupManager'] => {
	if (configured === undefined || configured === '') {
		if (cgroupVersion === 2 && hasSystemd) return 'systemd';
		return isRootless ? 'none' : 'cgroupfs';
	}
	if (configured === 'cgroupfs' || configured === 'systemd') return configured;
	if (configured !== 'none') throw new Failure('invalid', `cgroup manager ${JSON.stringify(configured)} is not known`, hint);
	if (!isRootless) throw new Failure('invalid', 'cgroup-manager "none" is only supported for rootless', hint);
	return 'none';
};

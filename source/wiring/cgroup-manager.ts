import {existsSync} from 'node:fs';
import type {Settings} from '../config/types.ts';
import {Failure} from '../errors.ts';
import type {CreateRequest} from '../model/create-request.ts';

const managers = ['cgroupfs', 'systemd', 'none'] as const;

/** nerdctl.toml's, else as nerdctl finds it: systemd where it rules cgroup v2, none where we have no right to cgroups. */
export const cgroupManager = ({nerdctl, rootless}: Pick<Settings, 'nerdctl' | 'rootless'>): CreateRequest['cgroupManager'] => {
	const said = nerdctl.cgroup_manager;
	if (said !== undefined && said !== '') {
		const known = managers.find(manager => manager === said);
		if (known === undefined) throw new Failure('invalid', `cgroup_manager is ${JSON.stringify(said)} in nerdctl.toml`, {hint: `it is ${managers.join(' or ')}`});
		return known;
	}
	if (existsSync('/sys/fs/cgroup/cgroup.controllers') && existsSync('/run/systemd/system')) return 'systemd';
	return rootless ? 'none' : 'cgroupfs';
};

import {Failure} from '../../errors.ts';
import type {CreateRequest} from '../create-request.ts';
import type {HostFacts} from './input.ts';

/** `slice:prefix:name` for systemd, a path for cgroupfs, nothing without a manager. */
export const cgroupsPathOf = ({namespace, cgroupManager, resources: {cgroupParent = ''}}: CreateRequest, id: string, {rootless}: Pick<HostFacts, 'rootless'>): string => {
	if (cgroupManager === 'none') return '';
	if (cgroupManager === 'cgroupfs') return cgroupParent === '' ? `/${namespace}/${id}` : `${cgroupParent.replace(/\/+$/, '')}/${id}`;
	if (cgroupParent !== '' && !/.\.slice$/.test(cgroupParent)) {
		throw new Failure('invalid', `Cgroup parent ${cgroupParent} is no slice, and systemd manages the cgroups`, {hint: 'name a slice such as my.slice'});
	}
	return `${cgroupParent || (rootless ? 'user.slice' : 'system.slice')}:nerdctl:${id}`;
};

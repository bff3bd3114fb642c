import {existsSync} from 'node:fs';
import {release} from 'node:os';
import type {HostFacts} from '../../model/oci/index.ts';
import {machinePlatform} from '../../model/platform.ts';
import {hasAppArmor, loadDefaultProfile, loadedProfiles} from './apparmor.ts';
import {readCapabilities} from './capabilities.ts';

/** What of this machine goes into the spec of a new container; `usesDefaultProfile` sees to it that AppArmor has the profile of that name. */
export const readHostFacts = async ({root = '/', usesDefaultProfile = false}: {readonly root?: string; readonly usesDefaultProfile?: boolean} = {}): Promise<HostFacts> => {
	if (usesDefaultProfile) await loadDefaultProfile(root);
	const [capabilities, isEnabled, profiles] = await Promise.all([
		readCapabilities(process.pid),
		hasAppArmor(root),
		loadedProfiles(root),
	]);
	const [major = 0, minor = 0] = release().split('.').map(Number.parseFloat);
	return {
		cgroupVersion: existsSync(`${root}sys/fs/cgroup/cgroup.controllers`) ? 2 : 1,
		// nerdctl's own sign of a user's daemon.
		rootless: process.env['ROOTLESSKIT_STATE_DIR'] !== undefined,
		architecture: machinePlatform(process.arch).architecture,
		kernel: {major, minor},
		capabilities,
		apparmor: isEnabled ? 'available' : 'unavailable',
		apparmorProfiles: profiles,
	};
};

import {access, readFile} from 'node:fs/promises';
import {release} from 'node:os';
import type {HostFacts} from '../../model/oci/index.ts';
import {machinePlatform} from '../../model/platform.ts';
import {readCapabilities} from './capabilities.ts';

const exists = (path: string): Promise<boolean> =>
	access(path).then(
		() => true,
		() => false,
	);

const textOr = (path: string, otherwise: string): Promise<string> => readFile(path, 'utf8').catch(() => otherwise);

/** `nerdctl-default (enforce)` */
const profileNames = (text: string): readonly string[] => text.split('\n').flatMap(line => /^(\S.*) \(\w+\)$/.exec(line)?.slice(1) ?? []);

/** What of this machine goes into the spec of a new container. */
export const readHostFacts = async (root = '/'): Promise<HostFacts> => {
	const [isVersion2, capabilities, enabled, profiles] = await Promise.all([
		exists(`${root}sys/fs/cgroup/cgroup.controllers`),
		readCapabilities(process.pid),
		textOr(`${root}sys/module/apparmor/parameters/enabled`, 'N'),
		textOr(`${root}sys/kernel/security/apparmor/profiles`, ''),
	]);
	const [major = 0, minor = 0] = release().split('.').map(Number.parseFloat);
	return {
		cgroupVersion: isVersion2 ? 2 : 1,
		// nerdctl's own sign of a user's daemon.
		rootless: process.env['ROOTLESSKIT_STATE_DIR'] !== undefined,
		architecture: machinePlatform(process.arch).architecture,
		kernel: {major, minor},
		capabilities,
		apparmor: enabled.startsWith('Y') ? 'available' : 'unavailable',
		apparmorProfiles: profileNames(profiles),
	};
};

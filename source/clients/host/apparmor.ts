import {spawn} from 'node:child_process';
import {access} from 'node:fs/promises';
import {Failure} from '../../errors.ts';
import {defaultProfile, defaultProfileName} from '../../model/apparmor-profile.ts';
import {textOr} from './text-or.ts';

const exists = (path: string): Promise<boolean> =>
	access(path).then(
		() => true,
		() => false,
	);

export const hasAppArmor = async (root = '/'): Promise<boolean> => textOr(`${root}sys/module/apparmor/parameters/enabled`, 'N').startsWith('Y');

/** `nerdctl-default (enforce)`; for root alone to read. */
export const loadedProfiles = async (root = '/'): Promise<readonly string[]> =>
	textOr(`${root}sys/kernel/security/apparmor/profiles`, '').split('\n').flatMap(line => /^(\S.*) \(\w+\)$/.exec(line)?.slice(1) ?? []);

const parserPath = 'sbin/apparmor_parser';

/** The parser takes the profile on its input, and keeps no cache of it. */
const parse = (parser: string, profile: string): Promise<void> =>
	new Promise((resolve, reject) => {
		const child = spawn(parser, ['-K', '-r'], {stdio: ['pipe', 'ignore', 'pipe']});
		let said = '';
		child.stderr.on('data', (chunk: Buffer) => {
			said += chunk.toString();
		});
		child.once('error', reject);
		child.once('close', code => (code === 0 ? resolve() : reject(new Error(said.trim().split('\n').at(-1) ?? ''))));
		child.stdin.on('error', () => undefined);
		child.stdin.end(profile);
	});

/**
Give the kernel the default profile if it has AppArmor and lacks it: after every boot it does. Without the parser there is no way, and containers run
without a profile then, as nerdctl's do. Answers whether the kernel has it now.
*/
export const loadDefaultProfile = async (root = '/'): Promise<boolean> => {
	if (!(await hasAppArmor(root))) return false;
	if ((await loadedProfiles(root)).includes(defaultProfileName)) return true;
	const parser = `${root}${parserPath}`;
	if (!(await exists(parser))) return false;
	const [hasAbi, hasTunables, hasBase, current] = await Promise.all([
		exists(`${root}etc/apparmor.d/abi/3.0`),
		exists(`${root}etc/apparmor.d/tunables/global`),
		exists(`${root}etc/apparmor.d/abstractions/base`),
		textOr(`${root}proc/self/attr/current`, 'unconfined'),
	]);
	// `unconfined`, or a name and ` (enforce)`.
	const manager = current.replaceAll('\0', '').trim().split(' ')[0] || 'unconfined';
	try {
		await parse(parser, defaultProfile({hasAbi, hasTunables, hasBase, manager}));
		return true;
	} catch (error) {
		throw new Failure('unsupported', `Could not load AppArmor profile ${defaultProfileName}: ${(error as Error).message}`, {cause: error, hint: 'use --security-opt apparmor=unconfined'});
	}
};

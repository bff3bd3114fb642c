import {Failure} from '../errors.ts';
import {readNerdctlToml} from './nerdctl-toml.ts';
import {cniPathCandidates, defaultCniNetconfPath, defaultCniPath, defaultDataRoot, defaultHostsDirs, isRootless, nerdctlTomlPath, said, stateDirectory} from './paths.ts';
import type {NerdctlToml, Origin, Setting, SettingFlags, Settings, Surroundings} from './types.ts';

type Sources = {readonly flag: string; readonly given: string | undefined; readonly variable?: string; readonly key?: keyof NerdctlToml};

const setting = <T>(value: T, origin: Origin): Setting<T> => ({value, origin});

/** gRPC could dial more, but everything else here (FIFOs, snapshots, /proc) needs the daemon on this machine. */
const socketPath = ({value, origin}: Setting<string>): Setting<string> => {
	const path = value.replace(/^unix:(?:\/\/(?=\/))?/, '');
	if (/^[a-z][\w+.-]*:\/\//i.test(path))
		throw new Failure('invalid', `The containerd address ${JSON.stringify(value)} (${describeOrigin(origin)}) is not a unix socket`, {
			hint: 'give the path of a socket on this machine',
		});
	return setting(path, origin);
};

/** Flag, environment, nerdctl.toml, then what nerdctl has built in. Reads files, changes nothing, dials nothing. */
export const resolveSettings = async ({flags, ...where}: Surroundings & {readonly flags: SettingFlags}): Promise<Settings> => {
	const {env, files} = where;
	const tomlPath = nerdctlTomlPath(where);
	const {values: toml, problems} = await readNerdctlToml(tomlPath, files);

	const find = ({flag, given, variable, key}: Sources): Setting<string> | undefined => {
		if (given === '') throw new Failure('invalid', `--${flag} is empty`, {hint: 'give it a value, or leave it out'});
		if (given !== undefined) return setting(given, {kind: 'flag', name: flag});
		const fromEnvironment = variable === undefined ? undefined : said(env[variable]);
		if (variable !== undefined && fromEnvironment !== undefined) return setting(fromEnvironment, {kind: 'environment', name: variable});
		const fromFile = key === undefined ? undefined : toml[key];
		return key !== undefined && typeof fromFile === 'string' && fromFile !== '' ? setting(fromFile, {kind: 'file', path: tomlPath, key}) : undefined;
	};

	const builtIn = <T>(value: T): Setting<T> => setting(value, {kind: 'default'});

	const cniPath = async (): Promise<Setting<string>> => {
		for (const path of cniPathCandidates(where)) if (await files.exists(path)) return setting(path, {kind: 'probe'});
		return builtIn(defaultCniPath);
	};

	const hostsDirs = (): Setting<readonly string[]> => {
		if (flags.hostsDir !== undefined && flags.hostsDir.length > 0) return setting(flags.hostsDir, {kind: 'flag', name: 'hosts-dir'});
		return toml.hosts_dir === undefined ? builtIn(defaultHostsDirs(where)) : setting(toml.hosts_dir, {kind: 'file', path: tomlPath, key: 'hosts_dir'});
	};

	const address = find({flag: 'address', given: flags.address, variable: 'CONTAINERD_ADDRESS', key: 'address'});
	return {
		address: address === undefined ? undefined : socketPath(address),
		namespace: find({flag: 'namespace', given: flags.namespace, variable: 'CONTAINERD_NAMESPACE', key: 'namespace'}),
		snapshotter: find({flag: 'snapshotter', given: flags.snapshotter, variable: 'CONTAINERD_SNAPSHOTTER', key: 'snapshotter'}) ?? builtIn('overlayfs'),
		dataRoot: find({flag: 'data-root', given: flags.dataRoot, key: 'data_root'}) ?? builtIn(defaultDataRoot(where)),
		cniPath: find({flag: 'cni-path', given: flags.cniPath, variable: 'CNI_PATH', key: 'cni_path'}) ?? (await cniPath()),
		cniNetconfPath:
			find({flag: 'cni-netconfpath', given: flags.cniNetconfpath, variable: 'NETCONFPATH', key: 'cni_netconfpath'}) ?? builtIn(defaultCniNetconfPath(where)),
		hostsDirs: hostsDirs(),
		buildkitHost: find({flag: 'buildkit-host', given: flags.buildkitHost, variable: 'BUILDKIT_HOST'}),
		cgroupManager: find({flag: 'cgroup-manager', given: flags.cgroupManager, key: 'cgroup_manager'}),
		stateDirectory: stateDirectory(where),
		rootless: isRootless(where),
		nerdctl: toml,
		problems,
	};
};

/** For `info` and for messages: which of the sources it was. */
export const describeOrigin = (origin: Origin): string => {
	switch (origin.kind) {
		case 'flag':
			return `--${origin.name}`;
		case 'environment':
			return `$${origin.name}`;
		case 'file':
			return `${origin.key} in ${origin.path}`;
		case 'probe':
			return 'found by looking';
		case 'default':
			return 'default';
	}
};

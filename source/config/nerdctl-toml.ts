import {Failure, messageOf} from '../errors.ts';
import type {ConfigFiles, NerdctlToml} from './types.ts';

type Kind = 'text' | 'yes or no' | 'list';

const kinds: Readonly<Record<keyof NerdctlToml, Kind>> = {
	debug: 'yes or no',
	debug_full: 'yes or no',
	address: 'text',
	namespace: 'text',
	snapshotter: 'text',
	cni_path: 'text',
	cni_netconfpath: 'text',
	data_root: 'text',
	cgroup_manager: 'text',
	insecure_registry: 'yes or no',
	hosts_dir: 'list',
	experimental: 'yes or no',
	host_gateway_ip: 'text',
	bridge_ip: 'text',
	kube_hide_dupe: 'yes or no',
	cdi_spec_dirs: 'list',
	userns_remap: 'text',
	dns: 'list',
	dns_opts: 'list',
	dns_search: 'list',
	disable_hc_systemd: 'yes or no',
	selinux_enabled: 'yes or no',
};

const wanted: Readonly<Record<Kind, string>> = {text: 'a string', 'yes or no': 'true or false', list: 'a list of strings'};

const isKind = (value: unknown, kind: Kind): boolean => {
	if (kind === 'list') return Array.isArray(value) && value.every(item => typeof item === 'string');
	return typeof value === (kind === 'text' ? 'string' : 'boolean');
};

/**
A file that says something else than we understand stops us, as it stops nerdctl: going on with defaults would act on another daemon
or another namespace than the one its owner wrote down. A key that we don't know is only mentioned: a newer nerdctl may know it.
*/
export const readNerdctlToml = async (path: string, files: ConfigFiles): Promise<{readonly values: NerdctlToml; readonly problems: readonly string[]}> => {
	const text = await files.readText(path);
	if (text === undefined) return {values: {}, problems: []};
	const {parse} = await import('smol-toml');
	const invalid = (why: string, cause?: unknown): Failure =>
		new Failure('invalid', `Could not read ${path}: ${why}`, {cause, hint: "correct it; it is nerdctl's file, not the daemon's config.toml"});
	let table: Readonly<Record<string, unknown>>;
	try {
		table = parse(text);
	} catch (error) {
		throw invalid(messageOf(error).trimEnd(), error);
	}
	const problems: string[] = [];
	const values: Record<string, unknown> = {};
	for (const [key, value] of Object.entries(table)) {
		const kind = Object.hasOwn(kinds, key) ? kinds[key as keyof NerdctlToml] : undefined;
		if (kind === undefined) problems.push(`${path} has a key that is not known here: ${key}`);
		else if (!isKind(value, kind)) throw invalid(`${key} is not ${wanted[kind]}`);
		else values[key] = value;
	}
	return {values, problems};
};

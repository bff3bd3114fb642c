import {type FlagTable, kebab, type ValuesOf} from './flag-types.ts';
import type {GlobalFlags} from './types.ts';

/** nerdctl's, with its short forms; those hold before the verb only, since verbs have a `-n` and an `-a` of their own. */
export const globalTable = {
	address: {
		type: 'string',
		shortFlag: 'a',
		placeholder: 'PATH',
		help: 'containerd address, optionally with "unix://" ($CONTAINERD_ADDRESS)',
	},
	host: {type: 'string', shortFlag: 'H', placeholder: 'PATH', help: 'The same as --address'},
	namespace: {type: 'string', shortFlag: 'n', placeholder: 'NAME', help: 'containerd namespace ($CONTAINERD_NAMESPACE)'},
	snapshotter: {type: 'string', placeholder: 'NAME', help: 'containerd snapshotter ($CONTAINERD_SNAPSHOTTER)'},
	storageDriver: {type: 'string', placeholder: 'NAME', help: 'The same as --snapshotter'},
	dataRoot: {type: 'string', placeholder: 'DIR', help: "Root directory of nerdctl's state"},
	cniPath: {type: 'string', placeholder: 'DIR', help: 'Directory of CNI plugins ($CNI_PATH)'},
	cniNetconfpath: {type: 'string', placeholder: 'DIR', help: 'Directory of CNI configurations ($NETCONFPATH)'},
	cgroupManager: {type: 'string', placeholder: 'NAME', help: 'Who makes the cgroups: cgroupfs, systemd or none'},
	hostsDir: {type: 'string', isMultiple: true, splitsAtComma: true, placeholder: 'DIR', help: 'Directory with <HOST:PORT>/hosts.toml'},
	insecureRegistry: {type: 'boolean', help: 'Skip verifying HTTPS certificates, and fall back to plain HTTP'},
	readonly: {type: 'boolean', help: 'Refuse everything that changes something'},
} as const satisfies FlagTable;

const elsewhere = 'set it in nerdctl.toml, or use nerdctl for this one call';

/** nerdctl's other global flags: each changes what nerdctl does in a way that this command line does not. */
export const refusedGlobals: Readonly<Record<string, string>> = {
	debug: 'failures are told whole already',
	'debug-full': 'failures are told whole already',
	experimental: elsewhere,
	'host-gateway-ip': elsewhere,
	'bridge-ip': elsewhere,
	'kube-hide-dupe': elsewhere,
	'selinux-enabled': elsewhere,
	'cdi-spec-dirs': elsewhere,
	'userns-remap': elsewhere,
};

/** Without the short forms: what may also stand after the verb. */
export const trailingGlobals: FlagTable = Object.fromEntries(
	Object.entries<FlagTable[string]>(globalTable).map(([name, {shortFlag: _, ...flag}]) => [name, flag]),
);

/** The later wins, as with any flag that is given twice. */
export const globalFlags = (...all: ReadonlyArray<Readonly<Record<string, unknown>>>): GlobalFlags => {
	const merged: Record<string, unknown> = {};
	for (const values of all)
		for (const name of Object.keys(globalTable)) {
			const value = values[name];
			// A switch that is not given is false: it must not undo one that was given elsewhere.
			if (value !== undefined && value !== false && !(Array.isArray(value) && value.length === 0)) merged[name] = value;
		}
	const {address, host, namespace, snapshotter, storageDriver, dataRoot, cniPath, cniNetconfpath, cgroupManager, hostsDir, insecureRegistry, readonly} = merged as Partial<
		ValuesOf<typeof globalTable>
	>;
	return {
		address: address ?? host,
		namespace,
		snapshotter: snapshotter ?? storageDriver,
		dataRoot,
		cniPath,
		cniNetconfpath,
		cgroupManager,
		hostsDir: hostsDir ?? [],
		insecureRegistry: insecureRegistry ?? false,
		readonly: readonly ?? false,
	};
};

const refusedWithValue = ['host-gateway-ip', 'bridge-ip', 'cdi-spec-dirs', 'userns-remap'];

const takesValue = new Set([
	// Their value is no verb: the flag is to be named in the refusal.
	...refusedWithValue.map(name => `--${name}`),
	// The dashboard's; of the verbs only those that build take it, behind their names.
	'--buildkit-host',
	...Object.entries<FlagTable[string]>(globalTable).filter(([, {type}]) => type !== 'boolean').flatMap(([name, flag]) => [
		`--${kebab(name)}`,
		...(flag.shortFlag === undefined ? [] : [`-${flag.shortFlag}`]),
	]),
]);

/** Where the verb stands, past the flags before it; undefined when there is none. */
export const verbIndex = (argv: readonly string[]): number | undefined => {
	for (let at = 0; at < argv.length; at++) {
		const token = argv[at] ?? '';
		if (takesValue.has(token)) at++;
		else if (token === '--') return undefined;
		else if (!token.startsWith('-')) return at;
	}
	return undefined;
};

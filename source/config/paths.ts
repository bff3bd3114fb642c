import type {Surroundings} from './types.ts';

type Where = Pick<Surroundings, 'env' | 'home' | 'uid'>;

/** As nerdctl decides it (`pkg/rootlessutil`): not root outside, or root inside RootlessKit's user namespace. */
export const isRootless = ({env, uid}: Pick<Where, 'env' | 'uid'>): boolean => uid !== 0 || said(env['ROOTLESSKIT_STATE_DIR']) !== undefined;

/** An empty variable is one that is not set: shells make them by accident. */
export const said = (value: string | undefined): string | undefined => (value === undefined || value === '' ? undefined : value);

export const configHome = ({env, home}: Pick<Where, 'env' | 'home'>): string => said(env['XDG_CONFIG_HOME']) ?? `${home}/.config`;

const dataHome = ({env, home}: Where): string => said(env['XDG_DATA_HOME']) ?? `${home}/.local/share`;

/** What is worth keeping between runs and no loss when it is gone. */
export const stateDirectory = ({env, home}: Pick<Where, 'env' | 'home'>): string => `${said(env['XDG_STATE_HOME']) ?? `${home}/.local/state`}/gantry`;

/** Inside RootlessKit our uid is 0, so the parent's is what the directory is named after. */
export const runtimeDirectory = ({env, uid}: Pick<Where, 'env' | 'uid'>): string =>
	said(env['XDG_RUNTIME_DIR']) ?? `/run/user/${/^\d+$/.exec(env['ROOTLESSKIT_PARENT_EUID'] ?? '')?.[0] ?? uid}`;

export const preferencesPath = (where: Pick<Where, 'env' | 'home'>): string => `${configHome(where)}/gantry/config.yaml`;

export const nerdctlTomlPath = (where: Where): string =>
	said(where.env['NERDCTL_TOML']) ?? (isRootless(where) ? `${configHome(where)}/nerdctl/nerdctl.toml` : '/etc/nerdctl/nerdctl.toml');

export const defaultDataRoot = (where: Where): string => (isRootless(where) ? `${dataHome(where)}/nerdctl` : '/var/lib/nerdctl');

export const defaultCniNetconfPath = (where: Where): string => (isRootless(where) ? `${configHome(where)}/cni/net.d` : '/etc/cni/net.d');

export const defaultHostsDirs = (where: Where): readonly string[] => {
	const base = isRootless(where) ? configHome(where) : '/etc';
	return [`${base}/containerd/certs.d`, `${base}/docker/certs.d`];
};

/** nerdctl's order (`pkg/defaults`): the first that exists, else the first of the root's. */
export const cniPathCandidates = (where: Where): readonly string[] => [
	...(isRootless(where) ? ['opt/cni/bin', '.local/libexec/cni', '.local/lib/cni'].map(path => `${where.home}/${path}`) : []),
	defaultCniPath,
	'/usr/local/libexec/cni',
	'/usr/local/lib/cni',
	'/home/linuxbrew/.linuxbrew/opt/cni-plugins/bin',
	'/usr/libexec/cni',
	'/usr/lib/cni',
];

export const defaultCniPath = '/opt/cni/bin';

import type {SettingFlags} from '../config/index.ts';

/** What the dashboard is started with; verbs have their own (see `commands/line`). */
export type DashboardFlags = SettingFlags & {
	readonly readonly: boolean;
	readonly once: boolean;
	readonly json: boolean;
	readonly ascii: boolean;
	readonly screenReader: boolean;
	readonly allNamespaces: boolean;
};

export const dashboardFlags = {
	address: {type: 'string', shortFlag: 'a'},
	host: {type: 'string', shortFlag: 'H'},
	namespace: {type: 'string', shortFlag: 'n'},
	snapshotter: {type: 'string'},
	dataRoot: {type: 'string'},
	cniPath: {type: 'string'},
	cniNetconfpath: {type: 'string'},
	hostsDir: {type: 'string', isMultiple: true},
	buildkitHost: {type: 'string'},
	allNamespaces: {type: 'boolean', shortFlag: 'A', default: false},
	readonly: {type: 'boolean', default: false},
	once: {type: 'boolean', default: false},
	json: {type: 'boolean', default: false},
	ascii: {type: 'boolean', default: false},
	screenReader: {type: 'boolean', default: false},
} as const;

export const help = `
  The dashboard of a containerd host
    gantry                              opens it on the containerd of this machine
    gantry --once [--json]              prints what it would show, and ends
    gantry VERB …                       one thing from the command line: gantry ps, gantry logs -f web
    gantry VERB --help                  what a verb takes

  Options
    -a, --address PATH       containerd's socket ($CONTAINERD_ADDRESS); found by itself when not said
    -n, --namespace NAME     start in this namespace ($CONTAINERD_NAMESPACE); -A for all in one list
    --snapshotter NAME       ($CONTAINERD_SNAPSHOTTER)
    --data-root DIR          nerdctl's state directory
    --buildkit-host ADDRESS  where BuildKit is ($BUILDKIT_HOST); found by itself when not said
    --readonly               refuse everything that changes something
    --ascii                  no box drawing, no symbols
    --screen-reader          one list or detail at a time, in words, without frames
    --version, --help

  Verbs
`;

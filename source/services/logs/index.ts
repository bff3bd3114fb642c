import {type Host, writeWhole} from '../../clients/host/index.ts';
import {follow} from './follow.ts';
import {locate} from './locate.ts';
import {read} from './read.ts';
import {search} from './search.ts';
import type {LogsService} from './types.ts';
import {whole} from './whole.ts';

export type {FollowOptions, LogBatch, LogPage, LogsService, ReadOptions, SearchOptions, SearchResult, WholeOptions} from './types.ts';

export type LogsDependencies = {
	readonly host: Pick<Host, 'stateDir'>;
	/** Where the kubelet keeps logs. */
	readonly podLogs?: string;
	/** dockerd's data root. */
	readonly dockerRoot?: string;
};

/** containerd keeps no logs: these are the files that log drivers, shims and the kubelet write. */
export const createLogs = ({host, podLogs = '/var/log/pods', dockerRoot = '/var/lib/docker'}: LogsDependencies): LogsService => ({
	locate: async container => locate({host, podLogs, dockerRoot}, container),
	read,
	follow,
	search,
	whole,
	save: writeWhole,
});

export {createLogView} from './view/create-log-view.ts';
export type {LogFrame, LogToggle, LogView, LogViewOptions, LogViewSource, LogWindow} from './view/types.ts';

import {labels} from './labels.ts';

type Texts = Readonly<Record<string, string>>;

/** Whether containerd's restart monitor will start a container again that ended with this status. Source: containerd `core/runtime/restart/monitor`. */
export const willRestart = (own: Texts, exitStatus: number): boolean => {
	if (own[labels.restartStatus] !== 'running') return false;
	const [kind, most = '0'] = (own[labels.restartPolicy] ?? 'always').split(':');
	if (kind === 'always') return true;
	if (kind === 'unless-stopped') return own[labels.explicitlyStopped] !== 'true';
	if (kind !== 'on-failure') return false;
	return exitStatus !== 0 && (Number(most) === 0 || Number(own[labels.restartCount] ?? 0) < Number(most));
};

import {Failure} from '../../errors.ts';
import type {ContainerRecord} from '../../model/container.ts';
import {labels} from '../../model/labels.ts';
import type {Uses} from './dependencies.ts';
import {stringsIn} from './claims.ts';
import {readSpec} from './spec.ts';
import type {Progress} from './types.ts';

/** `--pid container:X` of nerdctl. */
const pidContainer = 'nerdctl/pid-container';

type Shared = {readonly kind: 'network' | 'pid' | 'ipc'; readonly file: 'net' | 'pid' | 'ipc'; readonly target: string};

/**
A container that shares a namespace of another one has the other's process in its spec, as `/proc/PID/ns/net`. That process may be gone, and its
number may be somebody else's by now: so before each start the path is written anew.
*/
export const rejoinNamespaces = async (
	{containerd}: Uses<{containers: 'update'; tasks: 'find'}>,
	record: ContainerRecord,
	options: Progress,
): Promise<void> => {
	const shared = sharedBy(record);
	if (shared.length === 0) return;
	const paths = new Map<string, string>();
	for (const {kind, file, target} of shared) {
		const task = await containerd.tasks.find({namespace: record.namespace, id: target}, options);
		if (task?.status !== 'running' && task?.status !== 'paused') {
			const name = target.slice(0, 12);
			throw new Failure('conflict', `it shares the ${kind} namespace of ${name}, which is not running`, {hint: `start ${name} first`});
		}
		paths.set(kind, `/proc/${task.pid}/ns/${file}`);
	}
	const spec = withNamespaces(readSpec(record), paths);
	if (spec === undefined || record.spec === undefined) return;
	const value = new TextEncoder().encode(JSON.stringify(spec));
	await containerd.containers.update({...record, spec: {...record.spec, value}}, ['spec'], options);
};

export const sharedBy = ({labels: all}: Pick<ContainerRecord, 'labels'>): Shared[] => {
	const shared: Shared[] = [];
	const network = /^container:(.+)$/.exec(stringsIn(all[labels.networks])[0] ?? '')?.[1];
	if (network !== undefined) shared.push({kind: 'network', file: 'net', target: network});
	const pid = all[pidContainer];
	if (pid !== undefined && pid !== '') shared.push({kind: 'pid', file: 'pid', target: pid});
	const ipc = ipcVictim(all[labels.ipc]);
	if (ipc !== undefined) shared.push({kind: 'ipc', file: 'ipc', target: ipc});
	return shared;
};

const ipcVictim = (label: string | undefined): string | undefined => {
	try {
		const {mode, victimContainerId} = JSON.parse(label ?? '{}') as {readonly mode?: unknown; readonly victimContainerId?: unknown};
		return mode === 'container' && typeof victimContainerId === 'string' && victimContainerId !== '' ? victimContainerId : undefined;
	} catch {
		return undefined;
	}
};

/** Undefined when every path is right already. */
const withNamespaces = (spec: Readonly<Record<string, unknown>> | undefined, paths: ReadonlyMap<string, string>): object | undefined => {
	const linux = spec?.['linux'] as {readonly namespaces?: ReadonlyArray<{readonly type: string; readonly path?: string}>} | undefined;
	const namespaces = linux?.namespaces ?? [];
	const kept = namespaces.filter(({type}) => !paths.has(type));
	const wanted = [...paths].map(([type, path]) => ({type, path}));
	if (wanted.every(({type, path}) => namespaces.some(each => each.type === type && each.path === path))) return undefined;
	return {...spec, linux: {...linux, namespaces: [...kept, ...wanted]}};
};

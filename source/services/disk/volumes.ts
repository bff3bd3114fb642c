import {readFile} from 'node:fs/promises';
import {join} from 'node:path';
import type {Containers} from '../../clients/containerd/types.ts';
import type {Host} from '../../clients/host/index.ts';
import {failing, isAbort, messageOf, type Outcome} from '../../errors.ts';
import {labels} from '../../model/labels.ts';
import {volumesOf} from '../containers/index.ts';
import {directorySize} from './directory-size.ts';

export type ReadsVolumes = {readonly host: Pick<Host, 'volumes' | 'dataStore'>};

export const volumePath = (host: Pick<Host, 'dataStore'>, namespace: string, name: string): string => join(host.dataStore(), 'volumes', namespace, name);

/** nerdctl writes this label, empty, into `volume.json` of a volume that `run` made without a name. */
export const isAnonymous = async (host: Pick<Host, 'dataStore'>, namespace: string, name: string): Promise<boolean> => {
	try {
		const record: unknown = JSON.parse(await readFile(join(volumePath(host, namespace, name), 'volume.json'), 'utf8'));
		return (record as {readonly labels?: Readonly<Record<string, unknown>> | null} | null)?.labels?.[labels.anonymousVolumes] === '';
	} catch {
		// Without a readable record it is somebody's: named volumes are never taken unasked.
		return false;
	}
};

export const volumeSize = async (host: Pick<Host, 'dataStore'>, namespace: string, name: string, signal?: AbortSignal): Promise<number> => {
	try {
		return await directorySize(volumePath(host, namespace, name), signal);
	} catch (error) {
		throw failing(`measure volume ${name}`, error);
	}
};

export const pruneVolumes = async (
	{containerd, host}: ReadsVolumes & {readonly containerd: {readonly containers: Pick<Containers, 'list'>}; readonly host: Pick<Host, 'removeVolumes'>},
	namespace: string,
	{all = false, signal}: {readonly all?: boolean; readonly signal?: AbortSignal} = {},
): Promise<Outcome<string>> => {
	const calling = signal === undefined ? {} : {signal};
	// Names first: a volume that is made after this is not looked at, and one that is taken meanwhile is seen with its container.
	const names = await host.volumes(namespace);
	const used = new Set<string>();
	for await (const batch of containerd.containers.list(namespace, calling)) for (const container of batch) for (const name of volumesOf(container)) used.add(name);
	const done: string[] = [];
	const failed: Array<{readonly id: string; readonly error: unknown}> = [];
	for (const name of names) {
		if (used.has(name) || !(all || (await isAnonymous(host, namespace, name)))) continue;
		try {
			await host.removeVolumes(namespace, [name], calling);
			done.push(name);
		} catch (error) {
			if (isAbort(error)) throw error;
			failed.push({id: name, error: failing(`remove volume ${name}`, error)});
		}
	}
	return {done, failed};
};

/** A volume that can't be measured must not hide the others. */
export const measureVolume = async (
	{host}: ReadsVolumes,
	namespace: string,
	name: string,
	{signal, onProblem}: {readonly signal?: AbortSignal; readonly onProblem: (sentence: string) => void},
): Promise<{readonly sizeBytes: number; readonly isAnonymous: boolean}> => {
	const anonymous = await isAnonymous(host, namespace, name);
	try {
		return {sizeBytes: await volumeSize(host, namespace, name, signal), isAnonymous: anonymous};
	} catch (error) {
		if (isAbort(error)) throw error;
		onProblem(messageOf(error));
		return {sizeBytes: 0, isAnonymous: anonymous};
	}
};

import {readFile} from 'node:fs/promises';
import {join} from 'node:path';
import {directorySize, type Host} from '../../clients/host/index.ts';
import {failing, isAbort, messageOf} from '../../errors.ts';
import {labels} from '../../model/labels.ts';

export type ReadsVolumes = {readonly host: Pick<Host, 'volumes' | 'dataStore'>};

const volumePath = (host: Pick<Host, 'dataStore'>, namespace: string, name: string): string => join(host.dataStore(), 'volumes', namespace, name);

/** nerdctl writes this label, empty, into `volume.json` of a volume that `run` made without a name. */
const isAnonymous = async (host: Pick<Host, 'dataStore'>, namespace: string, name: string): Promise<boolean> => {
	try {
		const record: unknown = JSON.parse(await readFile(join(volumePath(host, namespace, name), 'volume.json'), 'utf8'));
		return (record as {readonly labels?: Readonly<Record<string, unknown>> | null} | null)?.labels?.[labels.anonymousVolumes] === '';
	} catch {
		// Without a readable record it is somebody's: named volumes are never taken unasked.
		return false;
	}
};

const volumeSize = async (host: Pick<Host, 'dataStore'>, namespace: string, name: string, signal?: AbortSignal): Promise<number> => {
	try {
		return await directorySize(volumePath(host, namespace, name), 'blocks', signal);
	} catch (error) {
		throw failing(`measure volume ${name}`, error);
	}
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

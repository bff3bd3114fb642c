import type {Host, VolumeRecord} from '../../clients/host/index.ts';
import {Failure} from '../../errors.ts';
import {labels} from '../../model/labels.ts';
import type {Volume} from './types.ts';

/** nerdctl writes this label, empty, into `volume.json` of a volume that was made without a name. */
export const volumeOf = (namespace: string, record: VolumeRecord): Volume => ({...record, namespace, isAnonymous: record.labels[labels.anonymousVolumes] === ''});

export const list = async ({host}: {readonly host: Pick<Host, 'volumeRecords'>}, namespace: string): Promise<readonly Volume[]> =>
	(await host.volumeRecords(namespace)).map(record => volumeOf(namespace, record));

export const get = async ({host}: {readonly host: Pick<Host, 'volumeRecord'>}, namespace: string, name: string): Promise<Volume> => {
	const record = await host.volumeRecord(namespace, name);
	if (record === undefined) throw new Failure('not-found', `there is no volume ${name}`, {hint: 'list them with volume ls'});
	return volumeOf(namespace, record);
};

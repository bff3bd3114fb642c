import {randomBytes} from 'node:crypto';
import type {Host} from '../../clients/host/index.ts';
import {failing} from '../../errors.ts';
import {labels as labelNames} from '../../model/labels.ts';
import {volumeOf} from './list.ts';
import type {CallSignal, Volume} from './types.ts';

type MakesVolumes = {readonly host: Pick<Host, 'holdVolumes' | 'makeVolume'>};

/** As nerdctl names what nobody named, and marks it so that `prune` may take it. */
export const makeUnnamed = async ({host}: MakesVolumes, namespace: string, labels: Readonly<Record<string, string>> = {}) =>
	host.makeVolume(namespace, randomBytes(32).toString('hex'), {...labels, [labelNames.anonymousVolumes]: ''});

export const create = async (
	dependencies: MakesVolumes,
	namespace: string,
	{name, labels = {}}: {readonly name?: string; readonly labels?: Readonly<Record<string, string>>},
	options: CallSignal = {},
): Promise<{readonly volume: Volume; readonly created: boolean}> => {
	const {host} = dependencies;
	try {
		const release = await host.holdVolumes(namespace, options);
		try {
			const {record, made} = name === undefined ? await makeUnnamed(dependencies, namespace, labels) : await host.makeVolume(namespace, name, labels);
			return {volume: volumeOf(namespace, record), created: made};
		} finally {
			await release();
		}
	} catch (error) {
		throw failing(name === undefined ? 'create a volume' : `create volume ${name}`, error);
	}
};

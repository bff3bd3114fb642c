import type {ContainerRecord} from '../../model/container.ts';
import {Failure} from '../../errors.ts';
import {labels} from '../../model/labels.ts';
import type {Uses} from './dependencies.ts';
import type {CallSignal} from './types.ts';

type Spec = {readonly annotations?: Readonly<Record<string, string>>};

export const specOf = ({id, spec}: ContainerRecord): Spec => {
	try {
		return JSON.parse(Buffer.from(spec?.value ?? []).toString('utf8')) as Spec;
	} catch (error) {
		throw new Failure('invalid', `the spec of ${id.slice(0, 12)} is not JSON`, {cause: error});
	}
};

/** JSON of an object in a label, as our own labels have it. */
export const objectIn = <T>(label: string | undefined): Readonly<Record<string, T>> => {
	try {
		const value: unknown = JSON.parse(label ?? '{}');
		return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, T>>) : {};
	} catch {
		return {};
	}
};

/** Labels and the annotations that repeat them: nerdctl reads the former, hooks the latter. Containerd writes both or none. */
export const rewriteNetworks = async (
	{containerd}: Uses<{containers: 'update'}>,
	record: ContainerRecord,
	changes: Readonly<Record<string, string | undefined>>,
	options: CallSignal,
): Promise<ContainerRecord> => {
	if (record.spec === undefined) throw new Failure('unsupported', 'it was made without a spec');
	const spec = specOf(record);
	const without = (all: Readonly<Record<string, string>>): Record<string, string> =>
		Object.fromEntries(Object.entries({...all, ...changes}).filter((entry): entry is [string, string] => entry[1] !== undefined));
	const value = new TextEncoder().encode(JSON.stringify({...spec, annotations: without(spec.annotations ?? {})}));
	// Label by label, or what others have written since we looked would be lost.
	const paths = Object.keys(changes).map(key => `labels.${key}`);
	return containerd.containers.update({...record, labels: without(record.labels), spec: {...record.spec, value}}, [...paths, 'spec'], options);
};

export const nameOfRecord = (record: Pick<ContainerRecord, 'id' | 'labels'>): string => record.labels[labels.name] || record.id.slice(0, 12);

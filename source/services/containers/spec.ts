import type {ContainerRecord} from '../../model/container.ts';
import {Failure} from '../../errors.ts';

/** The part of an OCI `process` that we read; the rest is passed on untouched. */
export type SpecProcess = Readonly<Record<string, unknown>> & {
	readonly terminal?: boolean;
	readonly args?: readonly string[];
	readonly env?: readonly string[];
	readonly cwd?: string;
};

/** Undefined when the container was made without a spec. Fails with `invalid` when the bytes are no JSON object. */
export const readSpec = (record: Pick<ContainerRecord, 'id' | 'spec'>): Readonly<Record<string, unknown>> | undefined => {
	if (record.spec === undefined || record.spec.value.length === 0) return undefined;
	try {
		const spec: unknown = JSON.parse(Buffer.from(record.spec.value).toString('utf8'));
		if (typeof spec === 'object' && spec !== null && !Array.isArray(spec)) return spec as Readonly<Record<string, unknown>>;
	} catch (error) {
		throw new Failure('invalid', `The spec of ${record.id} is not JSON`, {cause: error});
	}
	throw new Failure('invalid', `The spec of ${record.id} is not a JSON object`);
};

export const readProcess = (record: Pick<ContainerRecord, 'id' | 'spec'>): SpecProcess | undefined => {
	const process = readSpec(record)?.['process'];
	return typeof process === 'object' && process !== null ? (process as SpecProcess) : undefined;
};

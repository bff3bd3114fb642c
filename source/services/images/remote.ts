import type {RegistryClient} from '../../clients/registry/types.ts';
import {Failure, failing} from '../../errors.ts';
import type {Image} from '../../model/image.ts';
import {findReference, parseReference} from '../../model/reference.ts';
import type {CallSignal} from './types.ts';

export type RemoteDependencies = {readonly openRegistry: () => Promise<Pick<RegistryClient, 'resolve' | 'tags'>>};

/** One HEAD: registries count the GETs. */
export const latest = async ({openRegistry}: RemoteDependencies, {name}: Image, options: CallSignal = {}): Promise<string> => {
	try {
		const reference = findReference(name);
		if (reference === undefined) throw new Failure('invalid', 'it has no name that a registry could know', {hint: 'give it one with tag'});
		if (reference.digest !== undefined) throw new Failure('invalid', 'its name holds a digest, so it is what it is', {hint: 'pull its tag to follow it'});
		const registry = await openRegistry();
		return (await registry.resolve(reference, options)).digest;
	} catch (error) {
		throw failing(`look for a newer ${name}`, error);
	}
};

export const remoteTags = async (
	{openRegistry}: RemoteDependencies,
	repository: string,
	options: CallSignal & {readonly most?: number} = {},
): Promise<readonly string[]> => (await openRegistry()).tags(parseReference(repository), options);

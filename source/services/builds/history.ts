import type {Buildkit} from '../../clients/buildkit/types.ts';
import {isFailure} from '../../errors.ts';
import type {BuildRecord} from '../../model/build.ts';

/** A daemon that keeps no history, as dockerd 20.10, knows no such call; that is no failure. */
export const history = async (buildkit: Pick<Buildkit, 'history'>, call: {readonly signal?: AbortSignal} = {}): Promise<readonly BuildRecord[]> => {
	const records = new Map<string, BuildRecord>();
	try {
		for await (const {type, record} of buildkit.history({...call, isPastOnly: true})) {
			if (type === 'deleted') records.delete(record.ref);
			else records.set(record.ref, record);
		}
	} catch (error) {
		if (!isFailure(error, 'unsupported')) throw error;
	}

	return [...records.values()];
};

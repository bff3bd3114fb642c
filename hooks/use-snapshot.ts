import type {SnapshotDetails} from '../source/services/snapshots/types.ts';
import type {SnapshotRow} from '../source/store/index.ts';
import {useApp} from './app-context.ts';
import {type Resource, useResource} from './use-resource.ts';

export const useSnapshot = (row: SnapshotRow): Resource<SnapshotDetails> => {
	const {commands} = useApp();
	return useResource(row.key, row.snapshot.updatedAt, async (signal) => commands.services.snapshots.inspect(row.snapshot, {signal}));
};

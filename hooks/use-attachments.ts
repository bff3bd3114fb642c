import {useMemo} from 'react';
import type {Attachment} from '../source/services/networks/types.ts';
import type {NetworkRow} from '../source/store/index.ts';
import {useApp} from './app-context.ts';

/** What CNI remembers of those that are on a network, by container id. Small files, read when the row is another one: its members came or went. */
export const useAttachments = (row: NetworkRow): ReadonlyMap<string, Attachment> => {
	const {commands} = useApp();
	const {network, members} = row;
	return useMemo(
		() =>
			new Map(
				members.flatMap((container): ReadonlyArray<readonly [string, Attachment]> => {
					const attachment = commands.services.networks.attachments(container).find((each) => each.network === network.name);
					return attachment === undefined ? [] : [[container.id, attachment]];
				}),
			),
		[network, members, commands],
	);
};

import type {Containerd} from '../../clients/containerd/types.ts';
import {failing} from '../../errors.ts';
import type {Plugin} from '../../model/snapshot.ts';
import type {Snapshotter} from './types.ts';
import {naturalCompare} from '../../model/sort.ts';

const pluginType = 'io.containerd.snapshotter.v1';

/** Those that come with containerd, by name: a proxy plugin looks the same to Introspection in every version we know, save for its exports. */
const builtin: ReadonlySet<string> = new Set([
	'native',
	'overlayfs',
	'btrfs',
	'zfs',
	'aufs',
	'devmapper',
	'blockfile',
	'erofs',
	'windows',
	'windows-lcow',
	'cimfs',
]);

/** gRPC's FAILED_PRECONDITION and UNIMPLEMENTED: how a plugin declines. 1.6 says UNKNOWN for all of it, so there only the text tells. */
const decliningCodes: ReadonlySet<number> = new Set([9, 12]);

export const snapshotters = async (
	{containerd}: {readonly containerd: Pick<Containerd, 'plugins'>},
	options: {readonly signal?: AbortSignal} = {},
): Promise<readonly Snapshotter[]> => {
	try {
		const plugins = await containerd.plugins({...options, filters: [`type==${pluginType}`]});
		return plugins
			.filter(plugin => plugin.type === pluginType)
			.map(plugin => ({name: plugin.id, plugin, kind: kindOf(plugin), health: healthOf(plugin)}))
			.sort((one, other) => rank(one) - rank(other) || naturalCompare(one.name, other.name));
	} catch (error) {
		throw failing('list the snapshotters', error);
	}
};

const rank = ({health}: Snapshotter): number => ['ok', 'error', 'skipped'].indexOf(health);

/** A proxy exports the address it is reached at, from 1.7 on. */
const kindOf = ({id, exports}: Plugin): Snapshotter['kind'] => (exports['address'] !== undefined || !builtin.has(id) ? 'proxy' : 'builtin');

export const healthOf = ({initError}: Pick<Plugin, 'initError'>): Snapshotter['health'] => {
	if (initError === undefined) return 'ok';
	return decliningCodes.has(initError.code) || /\bskip plugin\b/.test(initError.message) ? 'skipped' : 'error';
};

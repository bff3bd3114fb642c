export {attach, detach} from './attach.ts';
export {cachedAttachments, defaultCacheDir} from './cache.ts';
export {leaseDirectory, readLeases, removeLease, type Lease} from './leases.ts';
export {ensureNetconfPath, type LoadedNetworks, loadNetworks} from './load.ts';
export {parseNetworkList} from './network-list.ts';
export {findPlugin} from './plugin.ts';
export {type Endpoint, ipamOf, rangesOf, runtimeConfs} from './runtime-conf.ts';
export type {CachedAttachment, CniOptions, CniResult, NetworkList, PluginConfig, RuntimeConf} from './types.ts';

export {attach, detach} from './attach.ts';
export {cachedAttachments, defaultCacheDir} from './cache.ts';
export {attachAll, cniIdOf, detachAll, findNetworks, isNetwork, makeDefaultNetwork, type OnTrouble, turnsLock} from './container-networks.ts';
export {removeBridgeRules, removeContainerRules} from './firewall.ts';
export {leaseDirectory, type Lease, readLeases, removeLease} from './leases.ts';
export {ensureNetconfPath, type LoadedNetworks, loadNetworks} from './load.ts';
export {findPlugin} from './plugin.ts';
export {type Endpoint, ipamOf, rangesOf, runtimeConfs} from './runtime-conf.ts';
export type {CachedAttachment, CniOptions, CniResult, NetworkList, PluginConfig, RuntimeConf} from './types.ts';

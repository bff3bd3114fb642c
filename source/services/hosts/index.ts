export {chooseHost} from './choose-host.ts';
export {chooseNamespace} from './choose-namespace.ts';
export type {Host, Hosts} from './types.ts';

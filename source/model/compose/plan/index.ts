export {type DownOptions, planDown} from './down.ts';
export {type EachOptions, type EachVerb, planEach, replicasOf} from './each.ts';
export {type ImagesOptions, planImages} from './images.ts';
export {printPlan} from './print.ts';
export type {Action, ContainerState, Observed, ObservedContainer, ObservedNetwork, ObservedVolume, Operation, Plan} from './types.ts';
export {planUp, type UpOptions} from './up.ts';

export {load as loadProject} from './load.ts';
export type {Loaded, LoadOptions} from './types.ts';

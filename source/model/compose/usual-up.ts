import type {UpOptions} from './plan/index.ts';

/** `up` without any flag. */
export const usualUp: UpOptions = {recreate: 'changed', scale: {}, removeOrphans: false, start: true, build: false};

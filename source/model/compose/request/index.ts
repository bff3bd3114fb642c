export {composeLabels, maker, networkLabelsOf, volumeLabelsOf} from './labels.ts';
export type {FilePaths} from './mounts.ts';
export {containerName, profilesOf, requestOf, type Requested, type RequestOptions} from './request.ts';

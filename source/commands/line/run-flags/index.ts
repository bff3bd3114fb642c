export {type CreateSurroundings, createRequestOf} from './create-request.ts';
export {unpublished} from './network.ts';
export type {CreateFlags} from './resources.ts';
export {createFlags, refusedCreateFlags} from './table.ts';

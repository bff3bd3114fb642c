export {examineSocket, findSockets} from './sockets.ts';
export type {Who} from './places.ts';
export type {DiscoverIo, Place, Socket} from './types.ts';
